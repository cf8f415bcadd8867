import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { PlanId } from '@slotdeck/model/ids';
import type { PlanAsked } from '@slotdeck/model/plan';
import type { Topology } from '@slotdeck/model/topology';
import { call } from '../../api/client.ts';
import { planQuery } from '../../api/queries.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LoadingPanel } from '../../components/LoadingPanel.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { ChecksStep } from '../wizard/ChecksStep.tsx';
import css from '../wizard/Wizard.module.css';
import { WizardSteps } from '../wizard/WizardSteps.tsx';
import { ChangeFields } from './ChangeFields.tsx';
import { requestOf, stepProblem, stepsOf, type ChangeStep, type FieldName, type Values } from './change-kinds.ts';
import { ChangeSearch } from './change-search.ts';
import { CHANGE_KINDS, type ChangeKind } from './change-names.ts';
import { ReviewChange } from './ReviewChange.tsx';

/** Plans any change but a reshard, which has a wizard of its own. Nothing is sent to the cluster before the last step's button. */
export function ChangePage() {
  const { live } = useClusterPage();
  const { t } = useWords();
  const search = ChangeSearch.parse(useSearch({ strict: false }));
  if (live.topology === null)
    return (
      <EmptyState title={t('wizard.nothingYet')} isPage>
        {t('wizard.nothingYetWhat')}
      </EmptyState>
    );
  const { kind } = search;
  return kind === undefined ? (
    <Chooser />
  ) : (
    <ChangeWizard key={kind} kind={kind} search={search} topology={live.topology} />
  );
}

function Chooser() {
  const { t } = useWords();
  const { id: clusterId } = useClusterPage();
  return (
    <div className={css.body}>
      <PageSentence below={t('change.chooserBelow')}>{t('change.chooser')}</PageSentence>
      <Panel label={t('change.kinds')} padded>
        <ul className={css.nodes}>
          <li>
            <Link className="sd-link" to="/clusters/$clusterId/reshard" params={{ clusterId }}>
              {t('change.reshard')}
            </Link>
          </li>
          {CHANGE_KINDS.map((kind) => (
            <li key={kind}>
              <Link className="sd-link" to="/clusters/$clusterId/change" params={{ clusterId }} search={{ kind }}>
                {t(`change.title.${kind}`)}
              </Link>
              <span className={`${css.facts} sd-small sd-3`}>{t(`change.below.${kind}`)}</span>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

/** A query needs some key even while it is off; this one is never asked for. */
const NO_PLAN = PlanId.parse('pl-none');

function ChangeWizard({ kind, search, topology }: { kind: ChangeKind; search: ChangeSearch; topology: Topology }) {
  const { id: clusterId, change } = useClusterPage();
  const { t } = useWords();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { step: wantedStep, plan = null, pace = 'balanced', kind: _, ...shown } = search;
  const [sourcePassword, setSourcePassword] = useState('');
  const values: Values = { ...shown, sourcePassword };
  const steps = stepsOf(kind);
  const held = useQuery({ ...planQuery(clusterId, plan ?? NO_PLAN), enabled: plan !== null });
  const write = (next: ChangeSearch, isNewStep: boolean): void =>
    void navigate({
      to: '/clusters/$clusterId/change',
      params: { clusterId },
      search: (held) => ({ ...held, kind, ...next }),
      replace: !isNewStep,
    });

  const making = useMutation({
    mutationFn: ({ asked, replaces }: { asked: PlanAsked; replaces?: PlanId }) =>
      call('makePlan', {
        params: { clusterId },
        body: {
          ...(asked.kind === 'import' && sourcePassword !== '' ? { ...asked, sourcePassword } : asked),
          ...(replaces === undefined ? {} : { replaces }),
        },
      }),
    onSuccess: (made) => {
      cache.setQueryData(planQuery(clusterId, made.id).queryKey, { plan: made, stale: [], startedAs: null });
      write({ step: current === 'review' ? 'review' : 'checks', plan: made.id }, false);
    },
  });
  const asked = requestOf(kind, values);
  const make = (replaces?: PlanId): void => {
    if (asked !== null) making.mutate({ asked, ...(replaces === undefined ? {} : { replaces }) });
  };

  const isReady = (step: 'what' | 'where'): boolean =>
    plan !== null || stepProblem(kind, step, values, topology) === null;
  const furthest: ChangeStep = !isReady('what')
    ? 'what'
    : steps.includes('where') && !isReady('where')
      ? 'where'
      : plan === null
        ? 'checks'
        : 'review';
  const wanted = wantedStep ?? (plan === null ? 'what' : 'review');
  const current = steps.indexOf(wanted) <= steps.indexOf(furthest) ? wanted : furthest;
  const goTo = (step: ChangeStep): void => {
    write({ step }, true);
    if (step === 'checks' && plan === null) make();
  };
  const after = (step: ChangeStep): void => goTo(steps[steps.indexOf(step) + 1] ?? step);
  const before = (step: ChangeStep): void => goTo(steps[steps.indexOf(step) - 1] ?? step);
  const put = (name: FieldName, value: string): void => {
    // It belongs in no address; that the plan is another one from here on is said all the same.
    const isSecret = name === 'sourcePassword';
    if (isSecret) setSourcePassword(value);
    void navigate({
      to: '/clusters/$clusterId/change',
      params: { clusterId },
      // Another plan belongs to other values. Typing is quicker than a redraw: what is held is what the URL has by then.
      search: (held) => ({
        ...held,
        kind,
        plan: undefined,
        ...(isSecret ? {} : { [name]: value === '' ? undefined : value }),
      }),
      replace: true,
    });
  };

  return (
    <div className={css.wizard}>
      <WizardSteps steps={steps} current={current} furthest={furthest} onGo={goTo} />
      {(current === 'what' || current === 'where') && (
        <ChangeFields
          kind={kind}
          step={current}
          values={values}
          topology={topology}
          onChange={put}
          onBack={current === 'where' ? () => before('where') : undefined}
          onNext={() => after(current)}
        />
      )}
      {current === 'checks' &&
        (asked === null && plan === null ? (
          <EmptyState title={t('change.notAChange')}>{t('change.notAChangeWhat')}</EmptyState>
        ) : (
          <ChecksStep
            making={making.isPending ? 'making' : making.isError ? { failed: making.error } : 'idle'}
            held={held.data ?? null}
            onMake={() => make()}
            onBack={() => before('checks')}
            onNext={() => after('checks')}
          />
        ))}
      {current === 'review' &&
        (held.data === undefined ? (
          held.isError ? (
            <ErrorPanel error={held.error} />
          ) : (
            <LoadingPanel title={t('wizard.loadingPlan')} note={t('wizard.loadingPlan')} />
          )
        ) : (
          <ReviewChange
            key={held.data.plan.id}
            kind={kind}
            held={held.data}
            topology={topology}
            pace={pace}
            allowed={change}
            remaking={making}
            onPace={(next) => write({ pace: next }, false)}
            onBack={() => before('review')}
            onRemake={() => make(plan ?? undefined)}
          />
        ))}
    </div>
  );
}
