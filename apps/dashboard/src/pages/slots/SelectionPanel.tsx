import { ActionIcon, Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ClusterId } from '@slotdeck/model/ids';
import { countSlots, printSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Allowed } from '../../access/change-allowed.ts';
import { explainAllowed } from '../../access/explain-allowed.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Panel } from '../../components/Panel.tsx';
import { WideTable } from '../../components/WideTable.tsx';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { IconLock, IconX } from '../../icons.ts';
import { printBytes, printSlots } from '../../words/format-number.ts';
import { printAmount } from '../../words/phrase.ts';
import { useWords } from '../../words/use-words.tsx';
import { largestSlots, sumOver, type CountsBySlot, type RankedSlot } from './slot-counts.ts';
import { SlotFlag, type SlotFacts } from './slot-facts.ts';
import { rowsWithin } from './slot-rows.ts';
import { SlotStateCell } from './SlotStateCell.tsx';
import { SumOfBytes, SumOfKeys } from './SumCell.tsx';
import css from './SlotsPage.module.css';

/** A selection of single cells can have thousands of rows; more than these are told by the table. */
const MOST_ROWS = 40;
const RANGES_IN_TITLE = 3;

interface SelectionPanelProps {
  readonly clusterId: ClusterId;
  readonly facts: SlotFacts;
  readonly counts: CountsBySlot | null;
  readonly selected: SlotRanges;
  readonly allowed: Allowed;
  readonly onClear: () => void;
}

/** What is selected: totals, the ranges by owner and state, the largest slots, and what can be done with them. */
export function SelectionPanel({ clusterId, facts, counts, selected, allowed, onClear }: SelectionPanelProps) {
  const words = useWords();
  const { t } = words;
  const navigate = useNavigate();
  const slots = countSlots(selected);
  const open = openWithin(facts, selected);
  const rows = rowsWithin(facts, selected, []);
  const text = printSlotRanges(selected);
  const why = explainAllowed(allowed, words);
  return (
    <Panel
      title={t('slots.selected', { slots: printSlots(selected, RANGES_IN_TITLE) })}
      aside={
        <>
          <CopyButton text={text} label={t('slots.copyRange')} />
          <ActionIcon variant="subtle" color="gray" size={26} aria-label={t('slots.clear')} onClick={onClear}>
            <IconX />
          </ActionIcon>
        </>
      }
    >
      <dl className={css.totals}>
        <div>
          <dd className="sd-num">{printAmount(slots)}</dd>
          <dt>{open === 0 ? t('slots.totalSlots') : t('slots.totalSlotsOpen', { open })}</dt>
        </div>
        <div>
          <dd className="sd-num">
            <SumOfKeys sum={sumOver(counts?.keys ?? null, selected)} />
          </dd>
          <dt>{t('slots.totalKeys')}</dt>
        </div>
        <div>
          <dd className="sd-num">
            <SumOfBytes sum={sumOver(counts?.bytes ?? null, selected)} />
          </dd>
          <dt>{t('slots.totalMemory')}</dt>
        </div>
      </dl>
      <WideTable label={t('slots.selectedRanges')}>
        <table className={`sd-table ${css.facts}`} aria-label={t('slots.selectedRanges')}>
          <thead>
            <tr>
              <th scope="col">{t('slots.range')}</th>
              <th scope="col" className="n">
                {t('slots.count')}
              </th>
              <th scope="col">{t('slots.owner')}</th>
              <th scope="col">{t('slots.state')}</th>
              <th scope="col" className="n">
                {t('slots.keys')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map((row) => (
              <tr key={row.range[0]}>
                <th scope="row" className="sd-num">
                  {printSlots([row.range])}
                </th>
                <td className="n">{printAmount(row.range[1] - row.range[0] + 1)}</td>
                <td>
                  {row.shard === 0 ? (
                    <span className="sd-3">{t('slots.nobody')}</span>
                  ) : (
                    <ShardSwatch index={row.shard} named />
                  )}
                </td>
                <td>
                  <SlotStateCell row={row} />
                </td>
                <td className="n">
                  <SumOfKeys sum={sumOver(counts?.keys ?? null, [row.range])} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
      {rows.length > MOST_ROWS && <p className={css.note}>{t('slots.moreRows', { n: rows.length - MOST_ROWS })}</p>}
      <Largest counts={counts} selected={selected} />
      <div className={css.actions}>
        {why !== null && (
          <p id="move-off" className="sd-row sd-small sd-2">
            <IconLock aria-hidden />
            {why}
          </p>
        )}
        {why === null ? (
          <Button
            variant="filled"
            onClick={() =>
              void navigate({ to: '/clusters/$clusterId/reshard', params: { clusterId }, search: { slots: text } })
            }
          >
            {t('slots.moveThese')}
          </Button>
        ) : (
          <Button aria-disabled="true" aria-describedby="move-off" title={why} data-disabled>
            {t('slots.moveThese')}
          </Button>
        )}
      </div>
    </Panel>
  );
}

function openWithin(facts: SlotFacts, slots: SlotRanges): number {
  let open = 0;
  for (const [from, to] of slots)
    for (const flags of facts.flags.subarray(from, to + 1)) if ((flags & SlotFlag.open) !== 0) open += 1;
  return open;
}

function Largest({ counts, selected }: { counts: CountsBySlot | null; selected: SlotRanges }) {
  const { t } = useWords();
  const keys = largestSlots(counts?.keys ?? null, selected, 5);
  const bytes = largestSlots(counts?.bytes ?? null, selected, 5);
  if (keys.length === 0 && bytes.length === 0) return null;
  return (
    <div className={css.largest}>
      {keys.length > 0 && <Ranking title={t('slots.mostKeys')} ranked={keys} print={printAmount} />}
      {bytes.length > 0 && <Ranking title={t('slots.largest')} ranked={bytes} print={printBytes} />}
    </div>
  );
}

function Ranking({
  title,
  ranked,
  print,
}: {
  title: string;
  ranked: readonly RankedSlot[];
  print: (value: number) => string;
}) {
  const most = ranked[0]?.value ?? 1;
  return (
    <div className={css.ranking}>
      <h3 className="sd-tiny sd-3">{title}</h3>
      <ol>
        {ranked.map(({ slot, value }) => (
          <li key={slot} className="sd-num">
            <span>{slot}</span>
            <span className={css.bar} aria-hidden="true">
              <span style={{ width: `${(value / most) * 100}%` }} />
            </span>
            <span>{print(value)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
