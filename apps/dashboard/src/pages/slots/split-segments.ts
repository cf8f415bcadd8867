import { intersectSlots, minusSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { StripSegment } from '../../components/strip-segments.ts';

/** Cuts segments where the subject begins and ends, so that a strip can step back what is not part of it. */
export function splitSegments(segments: readonly StripSegment[], subject: SlotRanges): readonly StripSegment[] {
  if (subject.length === 0) return segments;
  return segments.flatMap((segment) => {
    const whole: SlotRanges = [segment.slots];
    return [...intersectSlots(whole, subject), ...minusSlots(whole, subject)]
      .sort((a, b) => a[0] - b[0])
      .map((slots) => ({ ...segment, slots }));
  });
}
