import type { Pacing, Slowing } from '@slotdeck/model/operation';
import { printShare } from '../../words/format-number.ts';
import { useWords } from '../../words/use-words.tsx';

/** What clients wait for the sake of a move, and why it goes slower than it was asked to. */
export function PacingLine({ pacing }: { pacing: Pacing }) {
  const { t } = useWords();
  const { budgetMs, waitMs, stallMs, share, slowedBy } = pacing;
  const why: Record<Slowing, string> = {
    clients: t('operations.slowedClients'),
    replication: t('operations.slowedReplication'),
    memory: t('operations.slowedMemory'),
  };
  return (
    <>
      <p className="sd-small sd-2 sd-num">
        {t('operations.pacing', { stall: tenths(stallMs), wait: tenths(waitMs), budget: budgetMs })}
      </p>
      {slowedBy !== null && (
        <p className="sd-small sd-warn sd-num">
          {t('operations.slowed', { share: printShare(share) })} {why[slowedBy]}
        </p>
      )}
    </>
  );
}

function tenths(ms: number | null): string {
  return ms === null ? '–' : ms.toFixed(1);
}
