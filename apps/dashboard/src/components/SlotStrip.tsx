import { useId, useState, type KeyboardEvent } from 'react';
import { hasSlot, SLOT_COUNT, type SlotRange, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { isStriped, shardFill, shardInk } from '../theme/shard-colours.ts';
import { printSlots } from '../words/format-number.ts';
import { useWords } from '../words/use-words.tsx';
import type { Words } from '../words/words.ts';
import { coarsen, placeOf, type StripSegment } from './strip-segments.ts';
import styles from './SlotStrip.module.css';
import { useWidth } from './use-width.ts';

/** Slots that a plan or an operation takes to another shard: a rail in the target's hue along the bottom. */
export interface StripMove {
  readonly slots: SlotRanges;
  readonly to: number;
}

export interface SlotStripProps {
  segments: readonly StripSegment[];
  /** 4 hairline, 8–10 in lists, 14–16 lanes, 22–26 band. Labels appear from 22. */
  height: number;
  /** Name of the primary of a shard, for labels and for screen readers. */
  nameOf?: (shard: number) => string | null;
  axis?: boolean;
  open?: readonly number[];
  moves?: readonly StripMove[];
  /** What the page is about; the rest steps back. */
  subject?: SlotRanges;
  /** A bracket with the range above the band. */
  bracket?: SlotRange;
  label?: string;
  /** Makes it one tab stop: ←/→ segment, Shift extends, Enter opens. */
  onOpen?: (range: SlotRange) => void;
}

const AXIS_PX = 18;
const NEEDLE_PX = 9;

export function SlotStrip({
  segments,
  height,
  nameOf = () => null,
  axis = false,
  open = [],
  moves = [],
  subject,
  bracket,
  label,
  onOpen,
}: SlotStripProps) {
  const words = useWords();
  const id = useId();
  const [ref, width] = useWidth<HTMLDivElement>(960);
  const [focus, setFocus] = useState<{ anchor: number; at: number } | null>(null);
  const shown = coarsen(segments);
  const top = bracket === undefined ? (open.length === 0 ? 0 : NEEDLE_PX) : 18;
  const whole = top + height + (axis ? AXIS_PX : open.length === 0 ? 0 : 3);
  const name = label ?? words.t('states.stripName');
  const pattern = (kind: string): string => `${id}-${kind}`;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (onOpen === undefined) return;
    const last = shown.length - 1;
    const at = focus?.at ?? 0;
    const to = { ArrowRight: Math.min(last, at + 1), ArrowLeft: Math.max(0, at - 1), Home: 0, End: last }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setFocus({ at: to, anchor: event.shiftKey ? (focus?.anchor ?? at) : to });
    } else if (event.key === 'Enter') {
      const first = shown[Math.min(focus?.anchor ?? 0, at)];
      const end = shown[Math.max(focus?.anchor ?? 0, at)];
      if (first !== undefined && end !== undefined) onOpen([first.slots[0], end.slots[1]]);
    }
  };
  const isChosen = (i: number): boolean =>
    focus !== null && i >= Math.min(focus.anchor, focus.at) && i <= Math.max(focus.anchor, focus.at);

  const drawing = (
    <svg width={width} height={whole} className={styles.drawing} aria-hidden={onOpen === undefined ? true : undefined}>
      <Patterns pattern={pattern} />
      <clipPath id={pattern('clip')}>
        <rect x={0} y={top} width={width} height={height} rx={height > 4 ? 3 : 1} />
      </clipPath>
      <g clipPath={`url(#${pattern('clip')})`}>
        {shown.map((segment, i) => (
          <Segment
            key={segment.slots[0]}
            segment={segment}
            place={placeOf(segment.slots, width, segment.state === 'served' || segment.state === 'unknown' ? 0 : 6)}
            top={top}
            height={height}
            pattern={pattern}
            dimmed={subject !== undefined && !hasSlot(subject, segment.slots[0])}
            option={
              onOpen === undefined
                ? undefined
                : { id: `${id}-${i}`, name: sayRange(segment, nameOf, words), chosen: isChosen(i), open: onOpen }
            }
          />
        ))}
        {moves.flatMap(({ slots, to }) =>
          slots.map((range) => {
            const { x, w } = placeOf(range, width, 2);
            const rail = Math.max(2, Math.round(height / 3));
            return (
              <g key={`${to}-${range[0]}`} pointerEvents="none">
                <rect x={x} y={top + height - rail - 1} width={w} height={rail + 1} fill="var(--sd-panel)" />
                <rect x={x} y={top + height - rail} width={w} height={rail} fill={shardFill(to)} />
              </g>
            );
          }),
        )}
      </g>
      {height < 22
        ? null
        : shown.map((segment) => (
            <Label
              key={segment.slots[0]}
              segment={segment}
              width={width}
              y={top + height / 2 + 4}
              nameOf={nameOf}
              dimmed={subject !== undefined && !hasSlot(subject, segment.slots[0])}
            />
          ))}
      {shown.map((segment, i) =>
        isChosen(i) ? (
          <rect
            key={segment.slots[0]}
            {...frameOf(placeOf(segment.slots, width))}
            y={top + 1}
            height={height - 2}
            className={styles.chosen}
          />
        ) : null,
      )}
      {open.slice(0, 64).map((slot) => (
        <Needle key={slot} x={placeOf([slot, slot], width, 3).x + 1.5} top={top} height={height} />
      ))}
      {bracket === undefined ? null : <Bracket range={bracket} width={width} top={top} />}
      {axis ? <Axis width={width} y={top + height} /> : null}
    </svg>
  );

  return (
    <div ref={ref} className={styles.strip}>
      {onOpen === undefined ? (
        <div role="img" aria-label={name}>
          {drawing}
        </div>
      ) : (
        <div
          role="listbox"
          aria-label={name}
          aria-orientation="horizontal"
          aria-multiselectable
          aria-activedescendant={focus === null ? undefined : `${id}-${focus.at}`}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onFocus={() => setFocus((held) => held ?? { anchor: 0, at: 0 })}
          onBlur={() => setFocus(null)}
        >
          {drawing}
        </div>
      )}
    </div>
  );
}

function frameOf({ x, w }: { x: number; w: number }) {
  return { x: x + 1, width: Math.max(2, w - 2) };
}

function sayRange(segment: StripSegment, nameOf: (shard: number) => string | null, { t }: Words): string {
  const range = printSlots([segment.slots]);
  const n = segment.slots[1] - segment.slots[0] + 1;
  switch (segment.state) {
    case 'unserved':
      return t('states.stripUnserved', { range, n });
    case 'unassigned':
      return t('states.stripUnassigned', { range, n });
    case 'disputed':
      return t('states.stripDisputed', { range, n });
    case 'unknown':
      return t('states.stripUnknown');
    case 'served': {
      const index = segment.shard ?? 0;
      const owner = nameOf(index) ?? t('states.notKnown');
      return t('states.stripSegment', { shard: t('states.shard', { index: String(index) }), range, n, owner });
    }
  }
}

function fillOf({ state, shard }: StripSegment, pattern: (kind: string) => string): string {
  if (state === 'unknown') return `url(#${pattern('unknown')})`;
  if (state === 'unserved' || state === 'unassigned') return `url(#${pattern('hatch')})`;
  if (shard === null) return 'var(--sd-unknown)';
  // Beyond 24 shards a hue says nothing any more: two greys keep the borders visible.
  if (shard > 24) return shard % 2 === 0 ? 'var(--sd-active)' : 'var(--sd-line-3)';
  return shardFill(shard);
}

interface Option {
  id: string;
  name: string;
  chosen: boolean;
  open: (range: SlotRange) => void;
}

function Segment({
  segment,
  place: { x, w },
  top,
  height,
  pattern,
  dimmed,
  option,
}: {
  segment: StripSegment;
  place: { x: number; w: number };
  top: number;
  height: number;
  pattern: (kind: string) => string;
  dimmed: boolean;
  option: Option | undefined;
}) {
  // One pixel of the panel between owners, unless a segment is too narrow to spare it.
  const width = Math.max(0.75, w > 3 ? w - 1 : w);
  const layer = height / Math.max(1, segment.opinions.length);
  const drawn =
    segment.state === 'disputed' ? (
      <>
        {segment.opinions.map((shard, i) => (
          <rect
            // Opinions have no name of their own, and their order is what is shown.
            key={`${i}-${shard ?? 'nobody'}`}
            x={x}
            y={top + i * layer}
            width={width}
            height={Math.max(1, layer - 1)}
            fill={shard === null ? `url(#${pattern('hatch')})` : shardFill(shard)}
          />
        ))}
        <rect x={x + 1} y={top + 1} width={Math.max(2, width - 2)} height={height - 2} className={styles.disputed} />
      </>
    ) : (
      <>
        <rect x={x} y={top} width={width} height={height} fill={fillOf(segment, pattern)} opacity={dimmed ? 0.3 : 1} />
        {segment.shard !== null && segment.shard <= 24 && isStriped(segment.shard) && segment.state === 'served' ? (
          <rect x={x} y={top} width={width} height={height} fill={`url(#${pattern('stripe')})`} />
        ) : null}
      </>
    );
  if (option === undefined) return <g>{drawn}</g>;
  return (
    <g
      role="option"
      id={option.id}
      aria-label={option.name}
      aria-selected={option.chosen}
      className={styles.option}
      onClick={() => option.open(segment.slots)}
    >
      <title>{option.name}</title>
      {drawn}
    </g>
  );
}

function Label({
  segment: { slots, shard, state },
  width,
  y,
  nameOf,
  dimmed,
}: {
  segment: StripSegment;
  width: number;
  y: number;
  nameOf: (shard: number) => string | null;
  /** The hue behind the label has stepped back, so its own ink would not be readable any more. */
  dimmed: boolean;
}) {
  const { t } = useWords();
  const { x, w } = placeOf(slots, width);
  if (shard === null || state !== 'served' || w < 30) return null;
  const name = w >= 96 ? nameOf(shard) : null;
  const room = Math.floor((w - 36) / 6.6);
  return (
    <text x={x + 8} y={y} className={styles.label} fill={dimmed || shard > 24 ? 'var(--sd-text)' : shardInk(shard)}>
      <tspan fontWeight={600}>{t('states.shard', { index: String(shard) })}</tspan>
      {name === null ? null : (
        <tspan dx={6}>{name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name}</tspan>
      )}
    </text>
  );
}

function Needle({ x, top, height }: { x: number; top: number; height: number }) {
  return (
    <g pointerEvents="none">
      <rect x={x - 2} y={top - 3} width={4} height={height + 6} fill="var(--sd-panel)" />
      <rect x={x - 1} y={top - 3} width={2} height={height + 6} fill="var(--sd-text)" />
      <path d={`M${x - 4.5} ${top - 9}h9l-4.5 6z`} fill="var(--sd-text)" />
    </g>
  );
}

function Bracket({ range, width, top }: { range: SlotRange; width: number; top: number }) {
  const { x, w } = placeOf(range, width, 6);
  const right = x > width - 80;
  return (
    <g pointerEvents="none">
      <path d={`M${x} ${top - 1}v-4h${w}v4`} fill="none" stroke="var(--sd-danger)" />
      <text x={right ? x + w : x} y={top - 8} textAnchor={right ? 'end' : 'start'} className={styles.bracket}>
        {printSlots([range])}
      </text>
    </g>
  );
}

function Axis({ width, y }: { width: number; y: number }) {
  // The last tick is the last slot, not the count: there is no slot 16384. Narrow strips keep every fourth label.
  const step = width < 480 ? 8192 : 2048;
  const ticks = [...Array.from({ length: SLOT_COUNT / step }, (_, i) => i * step), SLOT_COUNT - 1];
  return (
    <g aria-hidden>
      {ticks.map((slot) => {
        const x = (slot / (SLOT_COUNT - 1)) * width;
        const anchor = slot === 0 ? 'start' : slot === SLOT_COUNT - 1 ? 'end' : 'middle';
        return (
          <g key={slot}>
            <rect
              x={Math.min(width - 1, Math.max(0, x - 0.5))}
              y={y + 1}
              width={1}
              height={3}
              fill="var(--sd-line-3)"
            />
            <text x={x} y={y + 15} textAnchor={anchor} className={styles.tick}>
              {slot}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function Patterns({ pattern }: { pattern: (kind: string) => string }) {
  return (
    <defs>
      <pattern id={pattern('hatch')} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width={6} height={6} fill="var(--sd-danger-bg)" />
        <rect width={2.5} height={6} fill="var(--sd-danger-fill)" />
      </pattern>
      <pattern id={pattern('unknown')} width={5} height={5} patternUnits="userSpaceOnUse">
        <rect width={5} height={5} fill="var(--sd-raised)" />
        <circle cx={1.5} cy={1.5} r={0.9} fill="var(--sd-line-3)" />
      </pattern>
      <pattern id={pattern('stripe')} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width={1.6} height={5} fill="var(--sd-panel)" />
      </pattern>
    </defs>
  );
}
