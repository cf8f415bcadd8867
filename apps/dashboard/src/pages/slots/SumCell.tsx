import { measureBytes } from '../../words/format-number.ts';
import { printAmount } from '../../words/phrase.ts';
import { useWords } from '../../words/use-words.tsx';
import type { Sum } from './slot-counts.ts';

/** Unknown is a dash that says so, never a zero; a sum with gaps says "at least". */
function NotCounted() {
  const { t } = useWords();
  return (
    <span className="sd-3" title={t('slots.notCounted')}>
      <span aria-hidden="true">–</span>
      <span className="sd-unseen">{t('slots.notCounted')}</span>
    </span>
  );
}

export function SumOfKeys({ sum }: { sum: Sum }) {
  const { t } = useWords();
  if (sum === null) return <NotCounted />;
  const amount = printAmount(sum.value);
  return <>{sum.isAtLeast ? t('slots.atLeast', { amount }) : amount}</>;
}

export function SumOfBytes({ sum }: { sum: Sum }) {
  const { t } = useWords();
  if (sum === null) return <NotCounted />;
  const { value, unit } = measureBytes(sum.value);
  return (
    <>
      {sum.isAtLeast ? t('slots.atLeast', { amount: value }) : value}
      <span className="sd-unit">{unit}</span>
    </>
  );
}
