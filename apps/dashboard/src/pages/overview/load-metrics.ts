import type { ValueScale } from '../../components/chart-rows.ts';
import type { LoadSample } from '../../stream/load-history.ts';
import { measureBytes, measureCount, measureRate, type Measure } from '../../words/format-number.ts';
import type { WordKey } from '../../words/words.ts';

/** One of the numbers of the live load: how it is read of a sample, for the whole cluster and for one node. */
export interface LoadMetric {
  readonly id: string;
  readonly title: WordKey;
  /** What the axis of its chart shows. */
  readonly unit: WordKey;
  /** What its one line is called when not drawn by node. */
  readonly line: WordKey;
  readonly total: (sample: LoadSample) => number | null;
  readonly ofNode: (sample: LoadSample, node: string) => number | null;
  readonly print: (value: number) => Measure;
  readonly scale: ValueScale;
}

export const COMMANDS: LoadMetric = {
  id: 'commands',
  title: 'overview.commands',
  unit: 'charts.perSecond',
  line: 'charts.allNodes',
  total: (sample) => sample.totalCommands,
  ofNode: (sample, node) => sample.commands.get(node) ?? null,
  print: measureRate,
  scale: { base: 1000, least: 1 },
};

export const NETWORK: LoadMetric = {
  id: 'network',
  title: 'overview.network',
  unit: 'charts.perSecond',
  line: 'charts.allNodes',
  total: (sample) => sample.networkBytes,
  ofNode: (sample, node) => sample.nodes.get(node)?.networkBytes ?? null,
  print: (bytes) => {
    const { value, unit } = measureBytes(bytes);
    return { value, unit: `${unit}/s` };
  },
  scale: { base: 1024, least: 1 },
};

export const BUSIEST: LoadMetric = {
  id: 'busiest',
  title: 'overview.busiest',
  unit: 'charts.percent',
  line: 'charts.busiestNode',
  total: (sample) => sample.cpu?.share ?? null,
  ofNode: (sample, node) => sample.nodes.get(node)?.cpu ?? null,
  print: (share) => ({ value: String(Math.round(share * 100)), unit: '%' }),
  scale: { base: 1000, least: 0.01 },
};

export const CLIENTS: LoadMetric = {
  id: 'clients',
  title: 'overview.clients',
  unit: 'charts.amount',
  line: 'charts.allNodes',
  total: (sample) => sample.clients,
  ofNode: (sample, node) => sample.nodes.get(node)?.clients ?? null,
  print: measureCount,
  scale: { base: 1000, least: 1 },
};
