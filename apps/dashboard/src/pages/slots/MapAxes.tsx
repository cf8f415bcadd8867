import { useMemo } from 'react';
import { useWords } from '../../words/use-words.tsx';
import { mapLabels } from './map-labels.ts';
import { COLUMNS, ROWS } from './slot-grid.ts';
import type { SlotFacts } from './slot-facts.ts';

const AXIS_LEFT = 44;
const AXIS_TOP = 20;
const AXIS_RIGHT = 32;
const ROWS_PER_LABEL = 16;
const COLUMNS_PER_LABEL = 32;

/** CSS pixels of the map with its axes; the style sheet pads the frame by the same numbers. */
export function mapWidth(cell: number): number {
  return AXIS_LEFT + COLUMNS * cell + AXIS_RIGHT;
}

/** Slot numbers at the left and top, shards and open slots at the right. Only a picture: the table says the same in words. */
export function MapAxes({ facts, cell }: { facts: SlotFacts; cell: number }) {
  const { t } = useWords();
  const labels = useMemo(() => mapLabels(facts), [facts]);
  const right = AXIS_LEFT + COLUMNS * cell;
  const y = (row: number): number => AXIS_TOP + row * cell;
  const rows = Array.from({ length: ROWS / ROWS_PER_LABEL }, (_, i) => i * ROWS_PER_LABEL);
  const columns = Array.from({ length: COLUMNS / COLUMNS_PER_LABEL }, (_, i) => i * COLUMNS_PER_LABEL);
  return (
    <svg
      width={right + AXIS_RIGHT}
      height={AXIS_TOP + ROWS * cell + 4}
      aria-hidden="true"
      fontSize={11}
      fill="var(--sd-text-3)"
      style={{ position: 'absolute', inset: 0, fontVariantNumeric: 'tabular-nums' }}
    >
      {rows.map((row) => (
        <g key={row}>
          <text x={AXIS_LEFT - 8} y={y(row) + 9} textAnchor="end">
            {row * COLUMNS}
          </text>
          <line x1={AXIS_LEFT - 6} x2={AXIS_LEFT - 1} y1={y(row) + 0.5} y2={y(row) + 0.5} stroke="var(--sd-line-3)" />
        </g>
      ))}
      {columns.map((column) => (
        <text key={column} x={AXIS_LEFT + column * cell} y={13}>
          +{column}
        </text>
      ))}
      <text x={right} y={13} textAnchor="end">
        +{COLUMNS - 1}
      </text>
      {labels.openRows.map((row) => (
        <path key={row} d={`M${right + 10} ${y(row) + cell / 2 - 4.5}v9l-7-4.5z`} fill="var(--sd-text)" />
      ))}
      {labels.brackets.map(({ from, to }) => (
        <path
          key={from}
          d={`M${right + 3} ${y(from) - 1}h5V${y(to + 1) + 1}h-5`}
          fill="none"
          stroke="var(--sd-danger-fill)"
          strokeWidth={2}
        />
      ))}
      {labels.shards.map(({ shard, row }) => (
        <text key={shard} x={right + 12} y={y(row) + 4} fontSize={11.5} fontWeight={600} fill="var(--sd-text-2)">
          {t('states.shard', { index: String(shard) })}
        </text>
      ))}
    </svg>
  );
}
