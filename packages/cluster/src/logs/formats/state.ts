import type { FormatRow } from '../log-format.ts';

export const stateFormats: readonly FormatRow[] = [
  ['cluster-down', 'Cluster is currently down: {why}'],
  ['cluster-state-changed', 'Cluster state changed: {state}'],
];
