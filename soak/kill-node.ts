import { runCampaign } from './campaign.ts';
import { openConsole } from './console-process.ts';
import { steerByConsole } from './console-steering.ts';
import { killNodeRound } from './kill-node-round.ts';

/** Even seeds kill the source, odd ones the target. */
await runCampaign({
  name: 'kill-node',
  runs: 20,
  round: (round) =>
    killNodeRound(round, async (cluster) => {
      const server = await openConsole();
      try {
        return { ...(await steerByConsole(server.call, cluster)), close: () => server.close() };
      } catch (error) {
        await server.close();
        throw error;
      }
    }),
});
