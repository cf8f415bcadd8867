import type { ReactNode } from 'react';
import { isEnded, type Progress } from '@slotdeck/model/operation';
import type { OperationView } from '@slotdeck/model/operation-view';
import { measureBytes, printBytes, printShare } from '../../words/format-number.ts';
import { printClock, printDuration } from '../../words/format-time.ts';
import { printAmount } from '../../words/phrase.ts';
import { useWords } from '../../words/use-words.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import css from './OperationPage.module.css';

const SECOND = 1000;

/** Slots, keys, bytes, rate and what is left. Totals that were not counted beforehand are left out, not guessed. */
export function OperationNumbers({
  view,
  progress,
  slotsTotal,
  now,
}: {
  view: OperationView;
  progress: Progress | null;
  slotsTotal: number;
  now: number;
}) {
  const words = useWords();
  const { t } = words;
  const slotsDone = progress?.slotsDone ?? 0;
  const keysTotal = progress?.keysTotal ?? null;
  const bytesTotal = progress?.bytesTotal ?? null;
  const bytesDone = progress?.bytesDone ?? null;
  const ended = isEnded(view.status);
  return (
    <div className={css.numbers}>
      <Cell
        label={t('operations.slots')}
        value={printAmount(slotsDone)}
        rest={t('operations.ofTotal', { total: printAmount(slotsTotal), share: shareOf(slotsDone, slotsTotal) })}
      >
        <ProgressBar
          label={t('operations.slotsMoved')}
          value={slotsDone}
          max={slotsTotal}
          text={t('operations.slotsMovedOf', { done: slotsDone, n: slotsTotal })}
        />
      </Cell>
      <Cell
        label={t('operations.keys')}
        value={progress === null ? '–' : printAmount(progress.keysDone)}
        rest={
          keysTotal === null || progress === null
            ? t('operations.totalNotCounted')
            : t('operations.ofTotal', { total: printAmount(keysTotal), share: shareOf(progress.keysDone, keysTotal) })
        }
      >
        {keysTotal !== null && progress !== null && (
          <ProgressBar
            label={t('operations.keysMoved')}
            value={progress.keysDone}
            max={Math.max(keysTotal, progress.keysDone)}
            text={t('operations.keysMovedOf', { done: progress.keysDone, n: keysTotal })}
          />
        )}
      </Cell>
      <Cell
        label={t('operations.bytes')}
        value={bytesDone === null ? '–' : measureBytes(bytesDone).value}
        rest={
          bytesDone === null
            ? t('operations.bytesNotKnown')
            : bytesTotal === null
              ? measureBytes(bytesDone).unit
              : t('operations.bytesOfTotal', {
                  unit: measureBytes(bytesDone).unit,
                  total: printBytes(bytesTotal),
                  share: shareOf(bytesDone, bytesTotal),
                })
        }
      >
        {bytesDone !== null && bytesTotal !== null && (
          <ProgressBar
            label={t('operations.bytesMoved')}
            value={bytesDone}
            max={Math.max(bytesTotal, bytesDone)}
            text={printBytes(bytesDone)}
          />
        )}
      </Cell>
      <Cell {...rateCell(progress, ended, words)} />
      <Cell {...leftCell(view, progress, now, words)} />
    </div>
  );
}

interface CellFacts {
  readonly label: string;
  readonly value: string;
  readonly rest: string;
}

function rateCell(progress: Progress | null, ended: boolean, { t }: ReturnType<typeof useWords>): CellFacts {
  const label = t('operations.rate');
  if (ended || progress === null || progress.slotsPerSecond === null)
    return { label, value: '–', rest: ended ? t('operations.rateEnded') : t('operations.rateNotYet') };
  const slots = t('operations.slotsPerSecond', { rate: progress.slotsPerSecond.toFixed(1) });
  const keys =
    progress.keysPerSecond === null
      ? ''
      : t('operations.keysPerSecond', { rate: printAmount(Math.round(progress.keysPerSecond)) });
  if (progress.bytesPerSecond === null) return { label, value: slots, rest: keys };
  const { value, unit } = measureBytes(progress.bytesPerSecond);
  return {
    label,
    value,
    rest: [t('operations.bytesPerSecond', { unit }), keys].filter((part) => part !== '').join(', '),
  };
}

function leftCell(
  view: OperationView,
  progress: Progress | null,
  now: number,
  words: ReturnType<typeof useWords>,
): CellFacts {
  const { t } = words;
  const { startedAt, endedAt } = view;
  if (endedAt !== null)
    return {
      label: t('operations.took'),
      value: startedAt === null ? '–' : printDuration(endedAt - startedAt, words),
      rest: t('operations.endedAt', { clock: printClock(endedAt) }),
    };
  const running =
    startedAt === null
      ? t('operations.notStarted')
      : t('operations.runningFor', { age: printDuration(now - startedAt, words) });
  const left = progress?.secondsLeft ?? null;
  const isMoving = view.status === 'running';
  return {
    label: t('operations.left'),
    value: !isMoving || left === null ? '–' : t('operations.about', { age: printDuration(left * SECOND, words) }),
    rest: running,
  };
}

function shareOf(done: number, total: number): string {
  return printShare(total <= 0 ? 0 : Math.min(1, done / total));
}

function Cell({ label, value, rest, children }: CellFacts & { children?: ReactNode }) {
  return (
    <div className={css.cell}>
      <p className="sd-small sd-3">{label}</p>
      <p className={css.value}>
        <span className={`${css.big} sd-num`}>{value}</span> <span className="sd-small sd-2 sd-num">{rest}</span>
      </p>
      {children}
    </div>
  );
}
