import { runCampaign } from './campaign.ts';
import { explainRound } from './explain-round.ts';

/** Six faults each, told from the logs alone. */
await runCampaign({ name: 'explain', runs: 12, round: explainRound });
