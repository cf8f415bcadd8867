import { runCampaign } from './campaign.ts';
import { scaleRound } from './scale-round.ts';

await runCampaign({ name: 'scale', runs: 3, round: scaleRound });
