import { runCampaign } from './campaign.ts';
import { killServerRound } from './kill-server-round.ts';

await runCampaign({ name: 'kill-server', runs: 25, round: killServerRound });
