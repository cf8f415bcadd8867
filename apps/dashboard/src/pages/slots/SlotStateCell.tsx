import { IconArrowRight, IconTriangleInvertedFilled } from '../../icons.ts';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { useWords } from '../../words/use-words.tsx';
import type { SlotRow } from './slot-rows.ts';

/** What is said of a run of slots besides its owner. Served slots say nothing: that is the normal case. */
export function SlotStateCell({ row }: { row: Pick<SlotRow, 'state' | 'target'> }) {
  const { t } = useWords();
  switch (row.state) {
    case 'served':
      return <span className="sd-3">–</span>;
    case 'open':
      return (
        <span className="sd-row">
          <IconTriangleInvertedFilled className="tabler-icon" style={{ width: 9, height: 9 }} aria-hidden />
          {t('slots.stateOpen')}
          {row.target > 0 && <ShardSwatch index={row.target} named />}
        </span>
      );
    case 'will-move':
      return (
        <span className="sd-row sd-2">
          {t('slots.stateWillMove')}
          <IconArrowRight className="tabler-icon" style={{ width: 13, height: 13 }} aria-hidden />
          {row.target > 0 && <ShardSwatch index={row.target} named />}
        </span>
      );
    case 'moved':
      return <span className="sd-2">{t('slots.stateMoved')}</span>;
    case 'half-open':
      return <span className="sd-warn">{t('slots.stateHalfOpen')}</span>;
    case 'disputed':
      return <span className="sd-warn">{t('slots.stateDisputed')}</span>;
    case 'no-owner':
      return <span className="sd-danger">{t('slots.stateNoOwner')}</span>;
    case 'unreachable':
      return <span className="sd-danger">{t('slots.stateUnreachable')}</span>;
  }
}
