import { runCampaign } from './campaign.ts';
import { killNodeRound } from './kill-node-round.ts';
import { steerByLibrary } from './library-steering.ts';

/** Even seeds kill the source, odd ones the target. */
await runCampaign({
  name: 'kill-node',
  runs: 20,
  round: (round) => killNodeRound(round, async (cluster, say) => steerByLibrary(cluster, say)),
});
