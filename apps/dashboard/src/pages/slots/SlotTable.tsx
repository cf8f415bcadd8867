import { useMemo, type KeyboardEvent, type MouseEvent } from 'react';
import { NO_SLOTS, SLOT_COUNT, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { printSlots } from '../../words/format-number.ts';
import { printAmount } from '../../words/phrase.ts';
import { useWords } from '../../words/use-words.tsx';
import type { CountsBySlot } from './slot-counts.ts';
import { sumOver } from './slot-counts.ts';
import { countFlag, SlotFlag, type SlotFacts } from './slot-facts.ts';
import { slotRows, type SlotRow } from './slot-rows.ts';
import { SlotStateCell } from './SlotStateCell.tsx';
import { SumOfBytes, SumOfKeys } from './SumCell.tsx';
import css from './SlotTable.module.css';

interface SlotTableProps {
  readonly topology: Topology;
  readonly facts: SlotFacts;
  readonly counts: CountsBySlot | null;
  readonly selected: SlotRanges;
  readonly onSelect: (slots: SlotRanges) => void;
}

/** The map in words and exact numbers: same order, same selection. Space selects a row, Shift extends. */
export function SlotTable({ topology, facts, counts, selected, onSelect }: SlotTableProps) {
  const { t } = useWords();
  const rows = useMemo(() => slotRows(facts, selected), [facts, selected]);
  const toggle = (row: SlotRow, extend: boolean): void => {
    if (extend && selected.length > 0) {
      const from = Math.min(selected[0]?.[0] ?? 0, row.range[0]);
      const to = Math.max(selected.at(-1)?.[1] ?? 0, row.range[1]);
      onSelect([[from, to]]);
    } else if (row.isSelected) onSelect(NO_SLOTS);
    else onSelect(unionSlots(NO_SLOTS, [row.range]));
  };
  const press = (event: KeyboardEvent<HTMLTableRowElement>, row: SlotRow): void => {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      toggle(row, event.shiftKey);
      return;
    }
    const sibling =
      event.key === 'ArrowDown' || event.key === 'j'
        ? event.currentTarget.nextElementSibling
        : event.key === 'ArrowUp' || event.key === 'k'
          ? event.currentTarget.previousElementSibling
          : null;
    if (!(sibling instanceof HTMLElement)) return;
    event.preventDefault();
    sibling.focus();
  };
  const whole: SlotRanges = [[0, SLOT_COUNT - 1]];
  return (
    <>
      <table className={`sd-table ${css.table}`} aria-label={t('slots.tableName')} aria-describedby="slot-table-how">
        <thead>
          <tr>
            <th scope="col">{t('slots.range')}</th>
            <th scope="col" className="n">
              {t('slots.count')}
            </th>
            <th scope="col">{t('slots.owner')}</th>
            <th scope="col">{t('slots.state')}</th>
            <th scope="col" className={`n ${css.wide}`}>
              {t('slots.keys')}
            </th>
            <th scope="col" className={`n ${css.wide}`}>
              {t('slots.memory')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const owner = ownerName(topology, row.shard);
            return (
              <tr
                key={row.range[0]}
                tabIndex={0}
                aria-selected={row.isSelected}
                data-selected={row.isSelected || undefined}
                onClick={(event: MouseEvent) => toggle(row, event.shiftKey)}
                onKeyDown={(event) => press(event, row)}
              >
                <th scope="row" className="sd-num">
                  {printSlots([row.range])}
                </th>
                <td className="n">{printAmount(row.range[1] - row.range[0] + 1)}</td>
                <td>
                  <span className="sd-row">
                    {row.shard === 0 ? (
                      <span className="sd-3">{t('slots.nobody')}</span>
                    ) : (
                      <ShardSwatch index={row.shard} named />
                    )}
                    <span className={`sd-2 sd-cut ${css.owner}`}>{owner}</span>
                  </span>
                </td>
                <td>
                  <SlotStateCell row={row} />
                </td>
                <td className={`n ${css.wide}`}>
                  <SumOfKeys sum={sumOver(counts?.keys ?? null, [row.range])} />
                </td>
                <td className={`n ${css.wide}`}>
                  <SumOfBytes sum={sumOver(counts?.bytes ?? null, [row.range])} />
                </td>
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('slots.all')}</th>
            <td className="n">{printAmount(SLOT_COUNT)}</td>
            <td className="sd-2">{t('slots.shardCount', { n: topology.shards.length })}</td>
            <td className="sd-2">{t('slots.openCount', { count: countFlag(facts, SlotFlag.open) })}</td>
            <td className={`n ${css.wide}`}>
              <SumOfKeys sum={sumOver(counts?.keys ?? null, whole)} />
            </td>
            <td className={`n ${css.wide}`}>
              <SumOfBytes sum={sumOver(counts?.bytes ?? null, whole)} />
            </td>
          </tr>
        </tfoot>
      </table>
      <p id="slot-table-how" className={`sd-small sd-3 ${css.how}`}>
        {t('slots.tableHow')}
      </p>
    </>
  );
}

function ownerName(topology: Topology, index: number): string {
  const primary = topology.shards.find((shard) => shard.index === index)?.primaryId;
  return primary === null || primary === undefined ? '' : (findNode(topology, primary)?.name ?? '');
}
