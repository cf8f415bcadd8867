import { countSlots } from '@slotdeck/model/slot-ranges';
import type { NodeStats, TopologyNode } from '@slotdeck/model/topology';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { measureCount, printBytes, printMeasure } from '../../words/format-number.ts';
import { useWords } from '../../words/use-words.tsx';
import css from './Wizard.module.css';

/** Shard, slots, keys and memory beside a node's name, so that one chooses by what it holds. */
export function NodeFacts({
  node,
  shard,
  stats,
}: {
  node: TopologyNode;
  shard: number | null;
  stats: NodeStats | null;
}) {
  const { t } = useWords();
  const keys = stats?.keys == null ? t('states.notKnown') : printMeasure(measureCount(stats.keys));
  const memory = stats?.usedMemoryBytes == null ? t('states.notKnown') : printBytes(stats.usedMemoryBytes);
  return (
    <span className={`${css.facts} sd-small sd-2 sd-num`}>
      {shard === null ? null : <ShardSwatch index={shard} named />}
      <span>{t('wizard.factSlots', { n: countSlots(node.slots) })}</span>
      <span>{t('wizard.factKeys', { keys })}</span>
      <span>{memory}</span>
    </span>
  );
}
