import { printSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { printAmount } from './phrase.ts';

/** An amount and its unit apart, so that units can stand in a column of their own. */
export interface Measure {
  readonly value: string;
  readonly unit: string;
}

const KIB = 1024;

/** 512 B, 3.1 KiB, 640 MiB, 2.38 GiB. Three digits are enough to compare; GiB keeps two decimals. */
export function measureBytes(bytes: number): Measure {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let size = bytes;
  let step = 0;
  while (size >= KIB && step < units.length - 1) {
    size /= KIB;
    step += 1;
  }
  // 1023.97 MiB would print as 1,024 MiB.
  if (Number(size.toFixed(step >= 3 ? 2 : 1)) >= KIB && step < units.length - 1) {
    size /= KIB;
    step += 1;
  }
  const value = step === 0 ? String(Math.round(size)) : step >= 3 ? size.toFixed(2) : size.toFixed(size >= 100 ? 0 : 1);
  return { value, unit: units[step] ?? 'B' };
}

/** 912 /s, 84.1 k/s, 3.20 M/s. */
export function measureRate(perSecond: number): Measure {
  const { value, unit } = measureCount(perSecond);
  return { value, unit: `${unit}/s` };
}

/** 912, 84.1 k, 1.58 M. For glances only: where the number itself matters, it is printed whole and grouped. */
export function measureCount(count: number): Measure {
  if (count < 9.95) return { value: Number.isInteger(count) ? String(count) : count.toFixed(1), unit: '' };
  if (count < 999.5) return { value: String(Math.round(count)), unit: '' };
  if (count < 999_950) return { value: (count / 1000).toFixed(1), unit: 'k' };
  if (count < 999_995_000) return { value: (count / 1_000_000).toFixed(2), unit: 'M' };
  return { value: (count / 1_000_000_000).toFixed(2), unit: 'G' };
}

export function printMeasure({ value, unit }: Measure): string {
  return unit === '' ? value : `${value} ${unit}`;
}

export function printBytes(bytes: number): string {
  return printMeasure(measureBytes(bytes));
}

export function printRate(perSecond: number): string {
  return printMeasure(measureRate(perSecond));
}

/** 57 %, with a space; below one percent one decimal. */
export function printShare(share: number): string {
  const percent = share * 100;
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** 16,384 */
export function printCount(count: number): string {
  return printAmount(count);
}

/** `166–234, 900`: slots are names, so they are never grouped. At most `most` ranges, then how many more. */
export function printSlots(slots: SlotRanges, most = Number.POSITIVE_INFINITY): string {
  const shown = slots.slice(0, most);
  const text = printSlotRanges(shown).replaceAll('-', '–').replaceAll(',', ', ');
  return slots.length > shown.length ? `${text} + ${slots.length - shown.length}` : text;
}
