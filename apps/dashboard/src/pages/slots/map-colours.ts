import { heatRgb, rgb, shardRgb } from '../../theme/shard-colours.ts';
import { SHARD_HUES, TOKENS, type Scheme } from '../../theme/tokens.ts';
import type { MapColours } from './slot-map-pixels.ts';

const HEAT_STEPS = [0, 1, 2, 3, 4, 5, 6];

/** The scheme's tokens as numbers, since a canvas cannot read a CSS variable. */
export function mapColours(scheme: Scheme): MapColours {
  const token = TOKENS[scheme];
  return {
    shards: [rgb(token.active), ...SHARD_HUES[scheme].map((_, i) => shardRgb(i + 1, scheme))],
    panel: rgb(token.panel),
    grid: rgb(token.bg),
    ink: rgb(token.text),
    quiet: rgb(token.active),
    hatch: [rgb(token['danger-bg']), rgb(token['danger-fill'])],
    warn: rgb(token['warn-fill']),
    heat: HEAT_STEPS.map((step) => heatRgb(step, scheme)),
    greys: [rgb(token.active), rgb(token['line-3'])],
  };
}
