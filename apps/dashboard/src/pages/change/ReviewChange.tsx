import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '@slotdeck/contract/client';
import { type Pace } from '@slotdeck/model/pace';
import { isBlocked } from '@slotdeck/model/plan';
import type { Topology } from '@slotdeck/model/topology';
import type { Allowed } from '../../access/change-allowed.ts';
import { explainAllowed } from '../../access/explain-allowed.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { printAgo, printClock } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { CheckList } from '../wizard/CheckList.tsx';
import { PaceChoice } from '../wizard/PaceChoice.tsx';
import { PlannedCommands } from '../wizard/PlannedCommands.tsx';
import { ShareTable } from '../wizard/ShareTable.tsx';
import { InTheWayBar, StaleBar } from '../wizard/StartTrouble.tsx';
import { useStartPlan } from '../wizard/use-start-plan.ts';
import { WizardFooter } from '../wizard/WizardFooter.tsx';
import css from '../wizard/Wizard.module.css';
import { cliLine } from './cli-line.ts';
import type { ChangeKind } from './change-names.ts';

interface ReviewChangeProps {
  readonly kind: ChangeKind;
  readonly held: Reply<'getPlan'>;
  readonly topology: Topology;
  readonly pace: Pace;
  readonly allowed: Allowed;
  readonly remaking: { readonly isPending: boolean; readonly error: Error | null };
  readonly onPace: (pace: Pace) => void;
  readonly onBack: () => void;
  readonly onRemake: () => void;
}

/** The plan as it will be carried out. What can lose data wants its phrase typed. */
export function ReviewChange(props: ReviewChangeProps) {
  const { kind, held, topology, pace, allowed, remaking, onPace, onBack, onRemake } = props;
  const words = useWords();
  const { t } = words;
  const { now } = useClusterPage();
  const [typed, setTyped] = useState('');
  const { plan, startedAs } = held;
  const phrase = plan.consent?.phrase ?? null;
  const { start, isStarting, error, changes, isStale, inTheWay } = useStartPlan(
    held,
    pace,
    phrase === null ? undefined : typed,
  );
  const work = plan.steps.filter(({ component }) => component !== 'check');
  const why = isBlocked(plan)
    ? t('wizard.planBlocked')
    : work.length === 0
      ? t('change.nothing')
      : (explainAllowed(allowed, words) ?? (phrase !== null && typed !== phrase ? t('change.consentMissing') : null));
  const isOff = why !== null || startedAs !== null;
  const through = topology.nodes.find(({ view }) => view.state === 'answered');
  const line = cliLine(plan, through === undefined ? 'HOST:PORT' : `${through.host}:${through.port}`);

  return (
    <div className={css.body}>
      <PageSentence
        aside={t('wizard.planMade', {
          plan: plan.id,
          clock: printClock(plan.createdAt),
          ago: printAgo(plan.createdAt, now, words),
        })}
      >
        {t(`change.title.${kind}`)}
      </PageSentence>
      {isStale && <StaleBar changes={changes} />}
      {inTheWay !== null && <InTheWayBar {...inTheWay} />}
      {error !== null && <ErrorPanel error={error} />}
      {remaking.error !== null && <ErrorPanel error={remaking.error} />}
      <div className={css.review}>
        <div className={css.column}>
          <Panel title={t('change.steps')} padded>
            {work.length === 0 ? (
              <p className="sd-2">{t('change.nothing')}</p>
            ) : (
              <ol>
                {work.map((step) => (
                  <li key={step.id}>{step.title}</li>
                ))}
              </ol>
            )}
          </Panel>
          {plan.moves.length > 0 && <ShareTable plan={plan} topology={topology} />}
          <PlannedCommands plan={plan} topology={topology} />
          <Panel
            title={t('change.cliLine')}
            aside={<CopyButton text={() => line} label={t('change.cliLine')} />}
            padded
          >
            <code className="sd-mono">{line}</code>
          </Panel>
        </div>
        <div className={css.column}>
          {plan.moves.length > 0 && (
            <Panel title={t('wizard.pace')} padded>
              <PaceChoice pace={pace} onChange={onPace} />
            </Panel>
          )}
          <CheckList plan={plan} />
          {phrase !== null && (
            <Panel label={t('change.consent', { phrase })} padded>
              <TextInput
                label={t('change.consent', { phrase })}
                description={t('change.consentWhat')}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            </Panel>
          )}
        </div>
      </div>
      <WizardFooter onBack={onBack} note={why}>
        {isStale ? (
          <Button variant="filled" loading={remaking.isPending} onClick={onRemake}>
            {t('wizard.makeAgain')}
          </Button>
        ) : (
          <Button
            variant="filled"
            aria-disabled={isOff}
            {...(isOff ? { 'data-disabled': true } : {})}
            aria-describedby="wizard-note"
            loading={isStarting}
            onClick={() => {
              if (!isOff) start();
            }}
          >
            {t('change.start')}
          </Button>
        )}
      </WizardFooter>
    </div>
  );
}
