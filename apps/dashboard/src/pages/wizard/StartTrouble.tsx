import { Link } from '@tanstack/react-router';
import type { ApiError } from '@slotdeck/contract/errors';
import { OperationId } from '@slotdeck/model/ids';
import { explainStale } from '../../api/explain-plan-problem.ts';
import { IconAlertTriangle } from '../../icons.ts';
import { useWords } from '../../words/use-words.tsx';
import type { PlanChange } from './plan-changes.ts';
import css from './Wizard.module.css';

/** What has changed since the plan was made. */
export function StaleBar({ changes }: { changes: readonly PlanChange[] }) {
  const words = useWords();
  return (
    <div className={css.bar} role="alert">
      <IconAlertTriangle className="tabler-icon sd-warn" aria-hidden />
      <div>
        <p className="sd-strong">{words.t('wizard.stale')}</p>
        <ul className="sd-2">
          {changes.map((change) => {
            const said = explainStale(change, words);
            return <li key={said}>{said}</li>;
          })}
        </ul>
      </div>
    </div>
  );
}

/** The operation that keeps a plan from being started: another change of the cluster, or this very plan. */
export interface InTheWay {
  readonly operation: OperationId;
  readonly isThisPlan: boolean;
}

export function InTheWayBar({ operation, isThisPlan }: InTheWay) {
  const { t } = useWords();
  return (
    <div className={css.bar} role="alert">
      <IconAlertTriangle className="tabler-icon sd-warn" aria-hidden />
      <span>
        {isThisPlan ? t('wizard.planUsed') : t('wizard.busy')}{' '}
        <Link className="sd-link" to="/operations/$operationId" params={{ operationId: operation }}>
          {t('wizard.openOperation', { operation })}
        </Link>
      </span>
    </div>
  );
}

export function operationInTheWay(refused: ApiError | null, startedAs: OperationId | null): InTheWay | null {
  if (startedAs !== null) return { operation: startedAs, isThisPlan: true };
  if (refused?.code !== 'cluster-busy' && refused?.code !== 'plan-used') return null;
  const named = OperationId.safeParse(refused.facts['operationId']);
  return named.success ? { operation: named.data, isThisPlan: refused.code === 'plan-used' } : null;
}
