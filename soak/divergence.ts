import { runCampaign } from './campaign.ts';
import { divergenceRound } from './divergence-round.ts';

/** By the seed: the target's replica sleeps, its links of the cluster bus are cut, or the target is only killed. */
await runCampaign({ name: 'divergence', runs: 50, round: divergenceRound });
