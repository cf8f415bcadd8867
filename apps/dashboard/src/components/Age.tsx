import { IconClock } from '../icons.ts';
import { printClock, printDuration } from '../words/format-time.ts';
import { useWords } from '../words/use-words.tsx';
import type { Freshness } from '../stream/freshness.ts';

/** `0.6 s ago`; in warn with a clock once it is stale. One per panel is enough. */
export function StaleMark({ freshness, now }: { freshness: Freshness; now: number }) {
  const words = useWords();
  if (freshness.state === 'never') return <span className="sd-small sd-3">{words.t('states.noData')}</span>;
  const age = printDuration(now - freshness.at, words);
  if (freshness.state === 'live') {
    return <span className="sd-small sd-3 sd-num sd-nowrap">{words.t('states.ageAgo', { age })}</span>;
  }
  return (
    <span className="sd-row sd-small sd-warn sd-num sd-nowrap" style={{ gap: 4 }}>
      <IconClock aria-hidden />
      {freshness.state === 'stale'
        ? words.t('states.ageOld', { age })
        : words.t('shell.lastKnown', { clock: printClock(freshness.at) })}
    </span>
  );
}
