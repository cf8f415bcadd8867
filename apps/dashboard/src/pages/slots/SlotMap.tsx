import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { NO_SLOTS, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { useWords } from '../../words/use-words.tsx';
import { MapAxes } from './MapAxes.tsx';
import { mapColours } from './map-colours.ts';
import { COLUMNS, linearRange, nearestSlot, rectangle, ROWS, slotAt } from './slot-grid.ts';
import type { SlotFacts } from './slot-facts.ts';
import { focusAfter } from './slot-keyboard.ts';
import { paintMap, pixelsPerSide, type MapMode, type MapSize } from './slot-map-pixels.ts';
import { drawOverlay } from './slot-overlay.ts';
import { SlotTooltip } from './SlotTooltip.tsx';
import type { SlotSaying } from './slot-saying.ts';
import css from './SlotMap.module.css';

/** A tooltip that appears at once flickers when the pointer only passes. */
const TOOLTIP_AFTER_MS = 120;

interface SlotMapProps {
  readonly facts: SlotFacts;
  readonly mode: MapMode;
  readonly levels: Uint8Array | null;
  readonly selected: SlotRanges;
  readonly focus: number;
  /** CSS pixels per cell. */
  readonly cell: number;
  readonly sayingOf: (slot: number) => SlotSaying;
  readonly onFocus: (slot: number) => void;
  /** `isFinal` is false while a drag still goes on. */
  readonly onSelect: (slots: SlotRanges, isFinal: boolean) => void;
}

/** The map as a picture that can be pointed at and walked through by keyboard; `SlotTable` is its twin in words. */
export function SlotMap(props: SlotMapProps) {
  const { facts, mode, levels, selected, focus, cell, sayingOf, onFocus, onSelect } = props;
  const { t } = useWords();
  const scheme = useComputedColorScheme('dark');
  const colours = useMemo(() => mapColours(scheme), [scheme]);
  const fill = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const image = useRef<ImageData | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [hasFocus, setHasFocus] = useState(false);
  const [drag, setDrag] = useState<number | null>(null);
  const [anchor, setAnchor] = useState<number | null>(null);

  const ratio = window.devicePixelRatio || 1;
  const deviceCell = Math.max(2, Math.round(cell * ratio));
  const size: MapSize = useMemo(
    () => ({ cell: deviceCell, line: Math.max(1, Math.floor(ratio)) }),
    [deviceCell, ratio],
  );
  const side = pixelsPerSide(size);

  useLayoutEffect(() => {
    const context = fill.current?.getContext('2d');
    if (context === null || context === undefined) return;
    // Six megabytes on a dense display: taken once per size, not once per redraw.
    if (image.current?.width !== side) image.current = context.createImageData(side, side);
    paintMap(new Uint32Array(image.current.data.buffer), { facts, mode, levels }, colours, size);
    context.putImageData(image.current, 0, 0);
  }, [facts, mode, levels, colours, size, side]);

  const shown = pointed ?? (hasFocus ? focus : null);
  useLayoutEffect(() => {
    const context = overlay.current?.getContext('2d');
    if (context === null || context === undefined) return;
    drawOverlay(context, { selected, marked: shown, isDimmed: mode === 'owner' ? 0.5 : 0.4 }, colours, size);
  }, [selected, shown, mode, colours, size]);

  const at = (event: PointerEvent): { x: number; y: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const between = (from: number, to: number, isRectangle: boolean): SlotRanges =>
    isRectangle ? rectangle(from, to) : linearRange(from, to);

  const startDrag = (event: PointerEvent<HTMLDivElement>): void => {
    const { x, y } = at(event);
    const slot = slotAt(x, y, cell);
    if (slot === null || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = event.shiftKey ? (anchor ?? focus) : slot;
    setAnchor(from);
    setDrag(from);
    onFocus(slot);
    onSelect(between(from, slot, event.altKey), false);
  };
  const movePointer = (event: PointerEvent<HTMLDivElement>): void => {
    const { x, y } = at(event);
    if (drag === null) {
      setPointed(slotAt(x, y, cell));
      return;
    }
    const slot = nearestSlot(x, y, cell);
    if (slot === pointed) return;
    setPointed(slot);
    onSelect(between(drag, slot, event.altKey), false);
  };
  const endDrag = (event: PointerEvent<HTMLDivElement>): void => {
    if (drag === null) return;
    const { x, y } = at(event);
    const slot = nearestSlot(x, y, cell);
    setDrag(null);
    onFocus(slot);
    onSelect(between(drag, slot, event.altKey), true);
  };

  const pressKey = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') {
      setAnchor(null);
      onSelect(NO_SLOTS, true);
      return;
    }
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      setAnchor(focus);
      onSelect(linearRange(focus, focus), true);
      return;
    }
    const next = focusAfter(event.key, focus, facts);
    if (next === null) return;
    // The page must neither scroll nor take O or P for its own.
    event.preventDefault();
    event.stopPropagation();
    setPointed(null);
    onFocus(next);
    if (event.shiftKey && event.key.length > 1) {
      const from = anchor ?? focus;
      setAnchor(from);
      onSelect(between(from, next, event.altKey), true);
    } else setAnchor(null);
  };

  const pixels = cell * COLUMNS;
  const canvasStyle = { width: pixels, height: cell * ROWS };
  return (
    <div className={css.frame}>
      <MapAxes facts={facts} cell={cell} />
      <div
        className={css.map}
        style={canvasStyle}
        role="application"
        tabIndex={0}
        aria-label={t('slots.mapName')}
        aria-describedby="slot-map-how"
        onPointerDown={startDrag}
        onPointerMove={movePointer}
        onPointerUp={endDrag}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => setPointed(null)}
        onKeyDown={pressKey}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
      >
        <canvas ref={fill} width={side} height={side} style={canvasStyle} aria-hidden="true" />
        <canvas ref={overlay} width={side} height={side} style={canvasStyle} aria-hidden="true" />
        <DelayedTooltip slot={drag === null ? shown : null} cell={cell} sayingOf={sayingOf} />
      </div>
      <p id="slot-map-how" className="sd-unseen">
        {t('slots.mapHow')}
      </p>
      <p className="sd-unseen" aria-live="polite" data-testid="focused-slot">
        {hasFocus ? sayingOf(focus).sentence : ''}
      </p>
    </div>
  );
}

function DelayedTooltip({
  slot,
  cell,
  sayingOf,
}: {
  slot: number | null;
  cell: number;
  sayingOf: (slot: number) => SlotSaying;
}) {
  const [isShown, setShown] = useState(false);
  const isOver = slot !== null;
  useEffect(() => {
    if (!isOver) return;
    const timer = setTimeout(() => setShown(true), TOOLTIP_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setShown(false);
    };
  }, [isOver]);
  if (!isShown || slot === null) return null;
  return <SlotTooltip saying={sayingOf(slot)} cell={cell} />;
}
