import { NO_SLOTS, sameSlots, SLOT_COUNT, countSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type NodeStats, type Topology } from '@slotdeck/model/topology';
import { NodeBadge } from '../../components/NodeBadge.tsx';
import { Panel } from '../../components/Panel.tsx';
import { WideTable } from '../../components/WideTable.tsx';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { measureBytes, measureCount, printBytes } from '../../words/format-number.ts';
import { printAmount } from '../../words/phrase.ts';
import { useWords } from '../../words/use-words.tsx';
import type { HeatScale } from './heat-levels.ts';
import { countFlag, SlotFlag, type SlotFacts } from './slot-facts.ts';
import type { MapMode } from './slot-map-pixels.ts';
import css from './SlotsPage.module.css';

interface ShardLegendProps {
  readonly topology: Topology;
  readonly stats: readonly NodeStats[];
  readonly facts: SlotFacts;
  readonly mode: MapMode;
  readonly scale: HeatScale | null;
  readonly selected: SlotRanges;
  readonly onSelect: (slots: SlotRanges) => void;
}

/** The shards with their hues, and what the marks on the map mean. A row selects the slots of its shard. */
export function ShardLegend({ topology, stats, facts, mode, scale, selected, onSelect }: ShardLegendProps) {
  const { t } = useWords();
  return (
    <Panel label={t('slots.shards')}>
      <WideTable label={t('slots.shards')}>
        <table className={`sd-table ${css.legend}`} aria-label={t('slots.shards')}>
          <thead>
            <tr>
              <th scope="col">{t('slots.shard')}</th>
              <th scope="col">{t('slots.primary')}</th>
              <th scope="col" className="n">
                {t('slots.count')}
              </th>
              <th scope="col" className="n">
                {t('slots.share')}
              </th>
              <th scope="col" className="n">
                {t('slots.keys')}
              </th>
              <th scope="col" className="n">
                {t('slots.memory')}
              </th>
            </tr>
          </thead>
          <tbody>
            {topology.shards.map((shard) => {
              const primary = shard.primaryId === null ? undefined : findNode(topology, shard.primaryId);
              const numbers = stats.find((each) => each.id === shard.primaryId);
              const slots = countSlots(shard.slots);
              const isSelected = slots > 0 && sameSlots(selected, shard.slots);
              const keys = numbers?.keys == null ? null : measureCount(numbers.keys);
              const memory = numbers?.usedMemoryBytes == null ? null : measureBytes(numbers.usedMemoryBytes);
              return (
                <tr key={shard.key} data-selected={isSelected || undefined}>
                  <th scope="row">
                    <button
                      type="button"
                      className={css.shardButton}
                      aria-pressed={isSelected}
                      aria-label={t('slots.selectShard', { index: String(shard.index), n: slots })}
                      disabled={slots === 0}
                      onClick={() => onSelect(isSelected ? NO_SLOTS : shard.slots)}
                    >
                      <ShardSwatch index={shard.index} named />
                    </button>
                  </th>
                  <td>
                    {primary === undefined ? (
                      <span className="sd-3">{t('slots.noPrimary')}</span>
                    ) : (
                      <NodeBadge node={primary} />
                    )}
                  </td>
                  <td className="n">{printAmount(slots)}</td>
                  <td className="n sd-2">
                    {((slots / SLOT_COUNT) * 100).toFixed(1)}
                    <span className="sd-unit">%</span>
                  </td>
                  <td className="n">{keys === null ? <Unknown /> : <Amount {...keys} />}</td>
                  <td className="n">{memory === null ? <Unknown /> : <Amount {...memory} />}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </WideTable>
      {scale === null || mode === 'owner' || mode === 'disagreement' ? (
        <MarkLegend facts={facts} />
      ) : (
        <HeatLegend scale={scale} mode={mode} />
      )}
    </Panel>
  );
}

function Amount({ value, unit }: { value: string; unit: string }) {
  return (
    <>
      {value}
      {unit === '' ? null : <span className="sd-unit">{unit}</span>}
    </>
  );
}

function Unknown() {
  const { t } = useWords();
  return <span className="sd-3">{t('states.notKnown')}</span>;
}

function MarkLegend({ facts }: { facts: SlotFacts }) {
  const { t } = useWords();
  const lost = countFlag(facts, SlotFlag.unassigned | SlotFlag.unreachable);
  return (
    <ul className={css.marks}>
      <li>
        <span className={css.markOpen} aria-hidden="true" />
        {t('slots.legendOpen', { count: countFlag(facts, SlotFlag.open) })}
      </li>
      <li>
        <span className={css.markMove} aria-hidden="true" />
        {t('slots.legendWillMove', { count: countFlag(facts, SlotFlag.willMove) })}
      </li>
      <li>
        <span className={css.markLost} aria-hidden="true" />
        {t('slots.legendNoOwner', { count: lost })}
      </li>
      <li>
        <span className={css.markDisputed} aria-hidden="true" />
        {t('slots.legendDisputed', { count: countFlag(facts, SlotFlag.disputed) })}
      </li>
    </ul>
  );
}

function HeatLegend({ scale, mode }: { scale: HeatScale; mode: MapMode }) {
  const { t } = useWords();
  const print = mode === 'memory' ? printBytes : printAmount;
  return (
    <div className={css.marks}>
      <span className="sd-num">{scale.least === null ? t('states.notKnown') : print(scale.least)}</span>
      <span className={css.heat} aria-hidden="true">
        {[0, 1, 2, 3, 4, 5, 6].map((step) => (
          <span key={step} style={{ background: `var(--sd-heat-${step})` }} />
        ))}
      </span>
      <span className="sd-num">{scale.most === null ? t('states.notKnown') : print(scale.most)}</span>
      <span className="sd-3">{t('slots.legendHeat')}</span>
      {scale.notCounted > 0 && <span className="sd-warn">{t('slots.legendNotCounted', { n: scale.notCounted })}</span>}
    </div>
  );
}
