import { useId } from 'react';
import { countSlots } from '@slotdeck/model/slot-ranges';
import type { Plan, SlotMove } from '@slotdeck/model/plan';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { Panel } from '../../components/Panel.tsx';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { placeOf, type StripSegment } from '../../components/strip-segments.ts';
import { useWidth } from '../../components/use-width.ts';
import { IconArrowRight } from '../../icons.ts';
import { shardFill } from '../../theme/shard-colours.ts';
import { printBytes, printSlots } from '../../words/format-number.ts';
import { useWords } from '../../words/use-words.tsx';
import type { Words } from '../../words/words.ts';
import { planDrawing, type DrawnLabel } from './moved-places.ts';
import css from './Wizard.module.css';

const BAND = 22;
const GAP = 34;
const AFTER = BAND + GAP;
const HEIGHT = AFTER + BAND + 20;
const LEAST = 3;
const LABEL_WIDTH = 190;
const RANGES_SHOWN = 3;

/** Before and after on the same axis; what moves is outlined in both and joined from its old to its new hue. */
export function BeforeAfter({ plan, topology }: { plan: Plan; topology: Topology }) {
  const { t } = useWords();
  const id = useId();
  const [ref, width] = useWidth<HTMLDivElement>(960);
  const { before, after, moves, labels } = planDrawing(plan, topology);
  return (
    <Panel label={t('wizard.beforeAfter')} padded>
      <div className={css.beforeAfter}>
        <div className={`${css.sides} sd-small sd-2`} aria-hidden="true">
          <span style={{ top: 0 }}>{t('wizard.before')}</span>
          <span style={{ top: AFTER }}>{t('wizard.after')}</span>
        </div>
        <div ref={ref} className={css.drawing}>
          <svg width={width} height={HEIGHT} aria-hidden="true" style={{ display: 'block' }}>
            <Band segments={before} y={0} width={width} />
            <Band segments={after} y={AFTER} width={width} />
            {moves.map(({ range, from, to }) => {
              const { x, w } = placeOf(range, width, LEAST);
              const gradient = `${id}-${range[0]}`;
              return (
                <g key={range[0]}>
                  <linearGradient id={gradient} x1="0" y1="0" x2="0" y2="1">
                    <stop offset="0" stopColor={fill(from)} />
                    <stop offset="1" stopColor={fill(to)} />
                  </linearGradient>
                  <rect x={x} y={BAND} width={w} height={GAP} fill={`url(#${gradient})`} opacity={0.55} />
                  <rect x={x} y={0} width={w} height={BAND} fill={fill(from)} className={css.moved} />
                  <rect x={x} y={AFTER} width={w} height={BAND} fill={fill(to)} className={css.moved} />
                </g>
              );
            })}
            {labels.map((label) => (
              <MoveLabel key={`${label.from}-${label.to}-${label.x}`} label={label} width={width} />
            ))}
            <Ticks width={width} y={AFTER + BAND} />
          </svg>
        </div>
      </div>
      <ul className={css.moves} aria-label={t('wizard.moves')}>
        {plan.moves.map((move) => (
          <MoveLine key={`${move.from}-${move.to}`} move={move} topology={topology} />
        ))}
      </ul>
    </Panel>
  );
}

const fill = (shard: number): string => (shard === 0 ? 'var(--sd-unknown)' : shardFill(shard));

function Band({ segments, y, width }: { segments: readonly StripSegment[]; y: number; width: number }) {
  const { t } = useWords();
  return (
    <g>
      <rect x={0} y={y} width={width} height={BAND} rx={3} fill="var(--sd-active)" />
      {segments.map(({ slots, shard }) => {
        const { x, w } = placeOf(slots, width);
        return (
          <g key={slots[0]}>
            <rect
              x={x}
              y={y}
              width={Math.max(0.75, w > 3 ? w - 1 : w)}
              height={BAND}
              fill={fill(shard ?? 0)}
              opacity={0.3}
            />
            {w >= 30 && shard !== null && (
              <text x={x + 8} y={y + BAND / 2 + 4} fontSize={12} fontWeight={600} fill="var(--sd-text)">
                {t('states.shard', { index: String(shard) })}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

function MoveLabel({ label, width }: { label: DrawnLabel; width: number }) {
  const { t } = useWords();
  const isRight = label.x * width + LABEL_WIDTH > width;
  const x = isRight ? Math.max(0, label.x * width - 10) : label.x * width + 8;
  const { move } = label;
  const name = (shard: number): string =>
    shard === 0 ? t('wizard.newShard') : t('states.shard', { index: String(shard) });
  const bytes = move.bytes === null ? '' : `, ${printBytes(move.bytes)}`;
  return (
    <g
      fontSize={12}
      textAnchor={isRight ? 'end' : 'start'}
      paintOrder="stroke"
      stroke="var(--sd-panel)"
      strokeWidth={3}
      fill="var(--sd-text-2)"
    >
      <text x={x} y={BAND + 14}>
        <tspan fontWeight={600} fill="var(--sd-text)">
          {t('wizard.slotCount', { n: countSlots(move.slots) })}
        </tspan>
        <tspan dx={6}>
          {name(label.from)} → {name(label.to)}
        </tspan>
      </text>
      <text x={x} y={BAND + 29} fontSize={11.5} className="sd-num">
        {printSlots(move.slots, 1)}
        {bytes}
      </text>
    </g>
  );
}

function Ticks({ width, y }: { width: number; y: number }) {
  const step = width < 480 ? 8192 : 2048;
  const ticks = [...Array.from({ length: 16_384 / step }, (_, i) => i * step), 16_383];
  return (
    <g fontSize={11} fill="var(--sd-text-3)" className="sd-num">
      {ticks.map((slot) => (
        <text
          key={slot}
          x={(slot / 16_383) * width}
          y={y + 15}
          textAnchor={slot === 0 ? 'start' : slot === 16_383 ? 'end' : 'middle'}
        >
          {slot}
        </text>
      ))}
    </g>
  );
}

/** One move in words: the drawing says nothing that does not stand here. */
function MoveLine({ move, topology }: { move: SlotMove; topology: Topology }) {
  const words = useWords();
  const { t } = words;
  return (
    <li className="sd-row sd-wrap sd-small">
      <span className="sd-strong sd-num">{t('wizard.slotCount', { n: countSlots(move.slots) })}</span>
      <Side node={move.from} topology={topology} />
      <IconArrowRight
        className="tabler-icon"
        style={{ width: 13, height: 13 }}
        role="img"
        aria-label={t('wizard.to')}
      />
      <Side node={move.to} topology={topology} />
      <span className="sd-2 sd-num">
        {printSlots(move.slots, RANGES_SHOWN)}
        {amounts(move, words)}
      </span>
    </li>
  );
}

function amounts({ keys, bytes }: SlotMove, { t }: Words): string {
  const parts = [
    ...(keys === null ? [] : [t('wizard.keyCount', { n: keys })]),
    ...(bytes === null ? [] : [printBytes(bytes)]),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

function Side({ node, topology }: { node: string; topology: Topology }) {
  const shard = topology.shards.find((each) => each.primaryId === node);
  return (
    <span className="sd-row" style={{ gap: 6 }}>
      {shard !== undefined && <ShardSwatch index={shard.index} named />}
      <span className="sd-2">{findNode(topology, node)?.name ?? node}</span>
    </span>
  );
}
