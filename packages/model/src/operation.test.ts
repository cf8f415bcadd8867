import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnded, nextStatus, OperationStatus, type StatusCause } from './operation.ts';

const causes: StatusCause[] = [
  'start',
  'pause-asked',
  'resume-asked',
  'cancel-asked',
  'came-to-rest',
  'step-needs-a-person',
  'steps-done',
  'gave-up',
];

test('what has ended never changes again', () => {
  for (const status of OperationStatus.options.filter(isEnded))
    for (const cause of causes) expect(nextStatus(status, cause)).toBeNull();
});

test('a pause, a resume and a cancel lead where the picture says', () => {
  expect(nextStatus('running', 'pause-asked')).toBe('pausing');
  expect(nextStatus('pausing', 'came-to-rest')).toBe('paused');
  expect(nextStatus('pausing', 'resume-asked')).toBe('running');
  expect(nextStatus('paused', 'resume-asked')).toBe('running');
  expect(nextStatus('paused', 'cancel-asked')).toBe('cancelling');
  expect(nextStatus('cancelling', 'came-to-rest')).toBe('cancelled');
});

test('a cancel is never taken back by a pause or a resume', () => {
  expect(nextStatus('cancelling', 'pause-asked')).toBeNull();
  expect(nextStatus('cancelling', 'resume-asked')).toBeNull();
});

test('whatever happened before, an operation can still come to an end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...causes)), (history) => {
      const status = history.reduce<OperationStatus>((now, cause) => nextStatus(now, cause) ?? now, 'queued');
      const ends = new Set<OperationStatus>([status]);
      for (const each of ends)
        for (const cause of causes) {
          const next = nextStatus(each, cause);
          if (next !== null) ends.add(next);
        }
      expect([...ends].some(isEnded)).toBe(true);
    }),
  );
});
