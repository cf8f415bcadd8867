import { useWords } from '../../words/use-words.tsx';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { cellOf, COLUMNS, ROWS } from './slot-grid.ts';
import type { SlotSaying } from './slot-saying.ts';
import css from './SlotMap.module.css';

const WIDTH = 236;
const GAP = 14;

/** Stands below its cell, above it in the lower half, and never leaves the map sideways. */
export function SlotTooltip({ saying, cell }: { saying: SlotSaying; cell: number }) {
  const { t } = useWords();
  const { column, row } = cellOf(saying.slot);
  const isLow = row > ROWS / 2;
  const left = Math.min(Math.max(0, column * cell - 34), COLUMNS * cell - WIDTH);
  const place = isLow ? { bottom: (ROWS - row) * cell + GAP } : { top: (row + 1) * cell + GAP };
  return (
    <div className={css.tooltip} style={{ left, ...place }} role="tooltip">
      <div className="sd-row">
        <span className="sd-strong sd-grow">{t('slots.slotTitle', { slot: String(saying.slot) })}</span>
        {saying.shard > 0 && <ShardSwatch index={saying.shard} named />}
      </div>
      <dl>
        {saying.lines.map(({ label, value }) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{label}</dt>
            <dd className="sd-num">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
