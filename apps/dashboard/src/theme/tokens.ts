/**
 * Every colour of the console, once per scheme, under the same names. The style sheet's `--sd-*` variables, Mantine's palette
 * and the canvases are all made from these, so that a hue cannot differ between an SVG and a canvas.
 *
 * Two families that never mix: shard hues are filled areas only; meaning (ok, warn, danger, info) is an icon with a word, an
 * edge, a tint or a hatch. Text colours reach 4.5 : 1 on `panel`, `bg` and `active`; fills reach 3 : 1.
 */
export type Scheme = 'dark' | 'light';

const dark = {
  bg: '#0d1013',
  panel: '#14181c',
  raised: '#1b2026',
  active: '#242b32',
  inset: '#0f1316',
  line: '#20262c',
  'line-2': '#2b333b',
  'line-3': '#66727e',
  text: '#e8ecef',
  'text-2': '#aeb7c0',
  'text-3': '#8a95a0',
  ok: '#4dbe84',
  warn: '#e3a83b',
  danger: '#f5827c',
  info: '#6fb0ff',
  'ok-fill': '#4dbe84',
  'warn-fill': '#e3a83b',
  'danger-fill': '#e5534b',
  'info-fill': '#5aa2fa',
  'ok-bg': '#13241c',
  'warn-bg': '#272011',
  'danger-bg': '#2c1718',
  'info-bg': '#13222f',
  'ok-line': '#23543b',
  'warn-line': '#5c4718',
  'danger-line': '#6b2f2e',
  'info-line': '#26476b',
  solid: '#e8ecef',
  'on-solid': '#0d1013',
  'danger-solid': '#c93a36',
  'on-danger': '#ffffff',
  focus: '#6fb0ff',
  grid: '#1e242a',
  unknown: '#3a434c',
  overlay: 'rgb(5 7 9 / 60%)',
  shadow: '0 12px 32px rgb(0 0 0 / 50%), 0 0 0 1px #2b333b',
} as const;

export type Token = keyof typeof dark;

const light: Record<Token, string> = {
  bg: '#f5f6f8',
  panel: '#ffffff',
  raised: '#f0f2f5',
  active: '#e6e9ed',
  inset: '#f7f8fa',
  line: '#e9ecef',
  'line-2': '#d9dee3',
  'line-3': '#7f8b97',
  text: '#14191e',
  'text-2': '#46525d',
  'text-3': '#5c6874',
  ok: '#157347',
  warn: '#8a5200',
  danger: '#c02626',
  info: '#0b5fbf',
  'ok-fill': '#1f9d61',
  'warn-fill': '#c77c00',
  'danger-fill': '#d43530',
  'info-fill': '#1a6fcb',
  'ok-bg': '#eaf6ef',
  'warn-bg': '#fdf5e5',
  'danger-bg': '#fdeeed',
  'info-bg': '#ecf3fc',
  'ok-line': '#b5dcc6',
  'warn-line': '#ebcf98',
  'danger-line': '#f0b9b6',
  'info-line': '#b6d2f2',
  solid: '#14191e',
  'on-solid': '#ffffff',
  'danger-solid': '#c02626',
  'on-danger': '#ffffff',
  focus: '#0b5fbf',
  grid: '#e9ecef',
  unknown: '#b6bec6',
  overlay: 'rgb(20 25 30 / 35%)',
  shadow: '0 12px 32px rgb(20 25 30 / 16%), 0 0 0 1px #d9dee3',
};

export const TOKENS: Record<Scheme, Record<Token, string>> = { dark, light };

/** Twelve hues per scheme, neighbours alternating light and dark so that a border is visible in grey too. */
export const SHARD_HUES: Record<Scheme, readonly string[]> = {
  dark: [
    '#525db6',
    '#62d8e4',
    '#9774d9',
    '#dec896',
    '#965665',
    '#62977b',
    '#167c9d',
    '#d382cb',
    '#ae6a23',
    '#a5b4fd',
    '#a4a053',
    '#b2b2b2',
  ],
  light: [
    '#6768cd',
    '#1491a5',
    '#7346a5',
    '#a99058',
    '#be637f',
    '#4b674f',
    '#4398e3',
    '#9e4584',
    '#7b290c',
    '#3f388f',
    '#7f7628',
    '#4d4b58',
  ],
};

/** One hue in seven steps for counts: quantile steps, lowest first. */
export const HEAT: Record<Scheme, readonly string[]> = {
  dark: ['#1a2229', '#1b3542', '#1d4b5e', '#25657c', '#3c859a', '#74adb8', '#cfe6e4'],
  light: ['#edf2f4', '#d0e1e7', '#a9cad5', '#7baebf', '#4d8fa4', '#286e86', '#0e4a61'],
};
