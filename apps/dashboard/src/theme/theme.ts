import { Button, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import { inkOn } from './shard-colours.ts';
import { HEAT, SHARD_HUES, TOKENS, type Scheme } from './tokens.ts';

/**
 * Buttons, navigation and selection are ink on grey (`ink` is Mantine's primary colour), so that red, green, yellow and blue
 * stay free for meaning.
 */
const ink: MantineColorsTuple = [
  '#e8ecef',
  '#cdd4da',
  '#aeb7c0',
  '#8a95a0',
  '#66727e',
  '#46525d',
  '#2b333b',
  '#242b32',
  '#1b2026',
  '#14191e',
];
const darkGreys: MantineColorsTuple = [
  '#e8ecef',
  '#aeb7c0',
  '#8a95a0',
  '#66727e',
  '#2b333b',
  '#242b32',
  '#1b2026',
  '#14181c',
  '#0d1013',
  '#0f1316',
];
const red: MantineColorsTuple = [
  '#fdeeed',
  '#f8d5d3',
  '#f0b9b6',
  '#f5827c',
  '#e5534b',
  '#d43530',
  '#c93a36',
  '#c02626',
  '#6b2f2e',
  '#2c1718',
];

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 9, dark: 0 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  fontFamily: 'var(--sd-font)',
  fontFamilyMonospace: 'var(--sd-mono)',
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '14px', xl: '16px' },
  lineHeights: { xs: '16px', sm: '18px', md: '20px', lg: '20px', xl: '24px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '5px', md: '8px', lg: '8px', xl: '12px' },
  breakpoints: { xs: '30em', sm: '48em', md: '64em', lg: '80em', xl: '100em' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px', lineHeight: '28px' }, h2: { fontSize: '13px', lineHeight: '20px' } },
  },
  colors: { ink, dark: darkGreys, red },
  components: {
    Button: Button.extend({
      defaultProps: { size: 'xs', variant: 'default' },
      // The one filled button of a screen is ink; Mantine's own contrast looks at the colour of the other scheme.
      vars: (_theme, { variant, color }) => ({
        root: {
          '--button-fz': '12.5px',
          ...(variant === 'filled' && color === undefined
            ? {
                '--button-bg': 'var(--sd-solid)',
                '--button-hover': 'color-mix(in srgb, var(--sd-solid) 88%, var(--sd-bg))',
                '--button-color': 'var(--sd-on-solid)',
              }
            : {}),
          ...(variant === 'filled' && color === 'red'
            ? {
                '--button-bg': 'var(--sd-danger-solid)',
                '--button-hover': 'var(--sd-danger-solid)',
                '--button-color': 'var(--sd-on-danger)',
              }
            : {}),
        },
      }),
      styles: { root: { fontWeight: 500 } },
    }),
    Drawer: { defaultProps: { transitionProps: { duration: 160 } } },
    InputWrapper: {
      styles: {
        label: { fontSize: '13px', fontWeight: 500 },
        description: { fontSize: '12px', lineHeight: '18px', color: 'var(--sd-text-3)' },
        error: { fontSize: '12px', lineHeight: '18px' },
      },
    },
    Modal: { defaultProps: { transitionProps: { duration: 120 }, centered: true } },
  },
});

function variablesOf(scheme: Scheme): Record<string, string> {
  const tokens = TOKENS[scheme];
  const named = Object.entries(tokens).map(([name, value]): [string, string] => [`--sd-${name}`, value]);
  const hues = SHARD_HUES[scheme].flatMap((hue, i): [string, string][] => [
    [`--sd-shard-${i + 1}`, hue],
    [`--sd-on-shard-${i + 1}`, inkOn(hue)],
  ]);
  const heat = HEAT[scheme].map((hue, i): [string, string] => [`--sd-heat-${i}`, hue]);
  return Object.fromEntries([
    ...named,
    ...hues,
    ...heat,
    ['--mantine-color-body', tokens.bg],
    ['--mantine-color-text', tokens.text],
    ['--mantine-color-dimmed', tokens['text-3']],
    ['--mantine-color-placeholder', tokens['text-3']],
    ['--mantine-color-default', tokens.panel],
    ['--mantine-color-default-hover', tokens.raised],
    ['--mantine-color-default-border', tokens['line-2']],
    ['--mantine-color-error', tokens.danger],
    ['--mantine-color-anchor', tokens.info],
  ]);
}

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {
    // Chinese falls to the system's own face: a web font of it would weigh more than the whole console.
    '--sd-font':
      '"Inter Variable", system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
    '--sd-mono':
      '"JetBrains Mono", ui-monospace, "SF Mono", Menlo, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", monospace',
  },
  dark: variablesOf('dark'),
  light: variablesOf('light'),
});
