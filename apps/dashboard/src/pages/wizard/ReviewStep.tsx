import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Reply } from '@slotdeck/contract/client';
import { type Pace } from '@slotdeck/model/pace';
import { isBlocked } from '@slotdeck/model/plan';
import type { Topology } from '@slotdeck/model/topology';
import type { Allowed } from '../../access/change-allowed.ts';
import { explainAllowed } from '../../access/explain-allowed.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { IconArrowBackUp } from '../../icons.ts';
import { printAgo, printClock } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { BatchMoves } from './BatchMoves.tsx';
import { BeforeAfter } from './BeforeAfter.tsx';
import { CheckList } from './CheckList.tsx';
import { PaceChoice } from './PaceChoice.tsx';
import { PlanEstimate } from './PlanEstimate.tsx';
import { PlannedCommands } from './PlannedCommands.tsx';
import { InTheWayBar, StaleBar } from './StartTrouble.tsx';
import { ShareTable } from './ShareTable.tsx';
import { useStartPlan } from './use-start-plan.ts';
import { WizardFooter } from './WizardFooter.tsx';
import css from './Wizard.module.css';

interface ReviewStepProps {
  readonly held: Reply<'getPlan'>;
  readonly topology: Topology;
  readonly pace: Pace;
  readonly allowed: Allowed;
  readonly remaking: { readonly isPending: boolean; readonly error: Error | null };
  readonly onPace: (pace: Pace) => void;
  readonly onBack: () => void;
  readonly onRemake: () => void;
}

/** The server's plan as it is. Starting it is the one thing here that changes the cluster. */
export function ReviewStep({ held, topology, pace, allowed, remaking, onPace, onBack, onRemake }: ReviewStepProps) {
  const words = useWords();
  const { t } = words;
  const { now } = useClusterPage();
  const { plan, startedAs } = held;
  const { start, isStarting, error, changes, isStale, inTheWay } = useStartPlan(held, pace);
  const why = isBlocked(plan) ? t('wizard.planBlocked') : explainAllowed(allowed, words);
  const isOff = why !== null || startedAs !== null;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    button.current?.focus({ preventScroll: true });
  }, []);

  return (
    <div className={css.body}>
      <PageSentence
        aside={
          <>
            {t('wizard.planMade', {
              plan: plan.id,
              clock: printClock(plan.createdAt),
              ago: printAgo(plan.createdAt, now, words),
            })}
            <br />
            {t('wizard.planBound')}
          </>
        }
      >
        {plan.parent?.relation === 'reverses'
          ? t('wizard.reviewReverse', { n: plan.slots })
          : t('wizard.reviewTitle', { n: plan.slots })}
      </PageSentence>
      {isStale && <StaleBar changes={changes} />}
      {inTheWay !== null && <InTheWayBar {...inTheWay} />}
      {error !== null && <ErrorPanel error={error} />}
      {remaking.error !== null && <ErrorPanel error={remaking.error} />}
      <BeforeAfter plan={plan} topology={topology} />
      <div className={css.review}>
        <div className={css.column}>
          <ShareTable plan={plan} topology={topology} />
          <BatchMoves driver={plan.moves[0]?.driver ?? 'classic'} />
          <PlannedCommands plan={plan} topology={topology} />
        </div>
        <div className={css.column}>
          <PlanEstimate plan={plan} pace={pace} now={now}>
            <PaceChoice pace={pace} onChange={onPace} />
          </PlanEstimate>
          <CheckList plan={plan} />
        </div>
      </div>
      <WizardFooter
        onBack={onBack}
        note={
          why ?? (
            <span className="sd-row">
              <IconArrowBackUp aria-hidden />
              {t('wizard.reverseStored')}
            </span>
          )
        }
      >
        {isStale ? (
          <Button variant="filled" loading={remaking.isPending} onClick={onRemake}>
            {t('wizard.makeAgain')}
          </Button>
        ) : (
          <Button
            ref={button}
            variant="filled"
            aria-disabled={isOff}
            {...(isOff ? { 'data-disabled': true } : {})}
            aria-describedby="wizard-note"
            loading={isStarting}
            onClick={() => {
              if (!isOff) start();
            }}
          >
            {t('wizard.start', { n: plan.slots })}
          </Button>
        )}
      </WizardFooter>
    </div>
  );
}
