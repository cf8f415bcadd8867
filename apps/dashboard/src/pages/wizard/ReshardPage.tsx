import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Suspense, useLayoutEffect, useRef } from 'react';
import { PlanId } from '@slotdeck/model/ids';
import type { ReshardParams } from '@slotdeck/model/plan-params';
import type { Topology } from '@slotdeck/model/topology';
import { call } from '../../api/client.ts';
import { planQuery } from '../../api/queries.ts';
import { explainAllowed } from '../../access/explain-allowed.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LoadingPanel } from '../../components/LoadingPanel.tsx';
import { IconLock } from '../../icons.ts';
import { lazyPart } from '../../shell/load-part.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { ChecksStep } from './ChecksStep.tsx';
import {
  changeDraft,
  draftOf,
  DraftSearch,
  furthestStep,
  requestOf,
  searchOf,
  STEPS,
  type Draft,
  type Step,
} from './draft.ts';
import { draftOfPlan } from './draft-of-plan.ts';
import { WizardSteps } from './WizardSteps.tsx';
import { WhatStep } from './WhatStep.tsx';
import { WhereStep } from './WhereStep.tsx';
import css from './Wizard.module.css';

const ReviewStep = lazyPart(() => import('./ReviewStep.tsx').then((module) => module.ReviewStep));

/** Plans a move of slots in four steps. Nothing is sent to the cluster before "Start moving" in the last one. */
export function ReshardPage() {
  const { live } = useClusterPage();
  const { t } = useWords();
  if (live.topology === null)
    return (
      <EmptyState title={t('wizard.nothingYet')} isPage>
        {t('wizard.nothingYetWhat')}
      </EmptyState>
    );
  return <ReshardWizard topology={live.topology} />;
}

function ReshardWizard({ topology }: { topology: Topology }) {
  const { id: clusterId, change } = useClusterPage();
  const { t } = useWords();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const draft = draftOf(DraftSearch.parse(search));
  // Typing is quicker than the URL: a change builds on the last draft that was written, not on the last one that was drawn.
  const latest = useRef(draft);
  const written = JSON.stringify(searchOf(draft));
  useLayoutEffect(() => {
    latest.current = draftOf(DraftSearch.parse(JSON.parse(written)));
  }, [written]);

  const held = useQuery({ ...planQuery(clusterId, draft.plan ?? NO_PLAN), enabled: draft.plan !== null });

  const write = (next: Draft, isNewStep: boolean): void => {
    latest.current = next;
    void navigate({
      to: '/clusters/$clusterId/reshard',
      params: { clusterId },
      search: searchOf(next),
      replace: !isNewStep,
    });
  };
  const put = (part: Parameters<typeof changeDraft>[1]): void => write(changeDraft(latest.current, part), false);

  const making = useMutation({
    mutationFn: ({ params, replaces }: { params: ReshardParams; replaces?: PlanId }) =>
      call('makePlan', {
        params: { clusterId },
        body: { kind: 'reshard', params, ...(replaces === undefined ? {} : { replaces }) },
      }),
    onSuccess: (plan) => {
      cache.setQueryData(planQuery(clusterId, plan.id).queryKey, { plan, stale: [], startedAs: null });
      write({ ...latest.current, plan: plan.id }, false);
    },
  });

  const makePlan = (): void => {
    const request = requestOf(latest.current, topology);
    if (request.ok) making.mutate({ params: request.params });
  };
  const goTo = (step: Step): void => {
    const from = latest.current;
    // A plan that came by a link has no draft behind it: its own parameters become the draft.
    const base = held.data !== undefined && from.to.length === 0 ? draftOfPlan(held.data.plan, from) : from;
    write({ ...base, step }, true);
    if (step === 'checks' && base.plan === null) makePlan();
  };

  const furthest = furthestStep(draft, topology);
  const reached = STEPS.indexOf(draft.step) <= STEPS.indexOf(furthest) ? draft.step : furthest;
  return (
    <div className={css.wizard}>
      <WizardSteps current={reached} furthest={furthest} onGo={goTo} />
      <Blocked />
      {reached === 'what' && (
        <p className="sd-small">
          <Link className="sd-link" to="/clusters/$clusterId/change" params={{ clusterId }}>
            {t('change.other')}
          </Link>
        </p>
      )}
      {reached === 'what' && <WhatStep draft={draft} topology={topology} onChange={put} onNext={() => goTo('where')} />}
      {reached === 'where' && (
        <WhereStep
          draft={draft}
          topology={topology}
          onChange={put}
          onBack={() => goTo('what')}
          onNext={() => goTo('checks')}
        />
      )}
      {reached === 'checks' && (
        <ChecksStep
          making={making.isPending ? 'making' : making.isError ? { failed: making.error } : 'idle'}
          held={held.data ?? null}
          onMake={makePlan}
          onBack={() => goTo('where')}
          onNext={() => goTo('review')}
        />
      )}
      {reached === 'review' &&
        (held.data === undefined ? (
          held.isError ? (
            <ErrorPanel error={held.error} />
          ) : (
            <LoadingPanel title={t('wizard.loadingPlan')} note={t('wizard.loadingPlan')} />
          )
        ) : (
          <Suspense fallback={<LoadingPanel title={t('wizard.loadingPlan')} note={t('wizard.loadingPlan')} />}>
            <ReviewStep
              key={held.data.plan.id}
              held={held.data}
              topology={topology}
              pace={draft.pace}
              allowed={change}
              remaking={making}
              onPace={(pace) => put({ pace })}
              onBack={() => goTo('checks')}
              onRemake={() => {
                const { plan } = held.data;
                if (plan.kind === 'reshard') making.mutate({ params: plan.params, replaces: plan.id });
              }}
            />
          </Suspense>
        ))}
    </div>
  );
}

/** A query needs some key even while it is off; this one is never asked for. */
const NO_PLAN = PlanId.parse('pl-none');

/** Why nothing can be started now, with a link to the operation that is in the way. Planning goes on meanwhile. */
function Blocked() {
  const { change } = useClusterPage();
  const words = useWords();
  if (change.ok) return null;
  return (
    <div className={css.bar} role="status">
      <IconLock aria-hidden />
      <span>
        {change.reason === 'busy' ? words.t('wizard.busy') : explainAllowed(change, words)}{' '}
        {change.reason === 'busy' && (
          <Link className="sd-link" to="/operations/$operationId" params={{ operationId: change.operation.id }}>
            {words.t('wizard.openOperation', { operation: change.operation.id })}
          </Link>
        )}
      </span>
    </div>
  );
}
