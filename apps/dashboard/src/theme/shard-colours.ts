import { HEAT, SHARD_HUES, TOKENS, type Scheme } from './tokens.ts';

/**
 * A shard's hue follows its index (1…), which is stored and survives failover. Above twelve the same hues come again with a
 * stripe; a canvas draws that stripe itself where `striped` says so.
 */
export type Rgb = readonly [red: number, green: number, blue: number];

const DARK_INK: Rgb = [0x0b, 0x0e, 0x11];
const WHITE: Rgb = [0xff, 0xff, 0xff];

/** Reads `#rrggbb`. */
export function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

function hueIndex(shard: number): number {
  return (shard - 1) % 12;
}

/** For SVG and CSS: follows the scheme by itself. */
export function shardFill(shard: number): string {
  return `var(--sd-shard-${hueIndex(shard) + 1})`;
}

/** Ink for a label on that hue. */
export function shardInk(shard: number): string {
  return `var(--sd-on-shard-${hueIndex(shard) + 1})`;
}

export function isStriped(shard: number): boolean {
  return shard > 12;
}

/** For canvases, which cannot read a CSS variable. */
export function shardRgb(shard: number, scheme: Scheme): Rgb {
  return rgb(SHARD_HUES[scheme][hueIndex(shard)] ?? TOKENS[scheme].unknown);
}

export function heatRgb(step: number, scheme: Scheme): Rgb {
  const hues = HEAT[scheme];
  return rgb(hues[Math.max(0, Math.min(hues.length - 1, step))] ?? TOKENS[scheme].unknown);
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour: Rgb): number {
  const [r = 0, g = 0, b = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast, 1…21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** White or near-black, whichever reads better on the hue. */
export function inkOn(hue: string): string {
  const ground = rgb(hue);
  return contrast(ground, WHITE) >= contrast(ground, DARK_INK) ? '#ffffff' : '#0b0e11';
}
