import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import { explainPlanProblem } from '../../api/explain-plan-problem.ts';
import { Panel } from '../../components/Panel.tsx';
import { StateIcon } from '../../components/StateBadge.tsx';
import { CHECK_LOOK, type StateLook } from '../../components/state-look.ts';
import { useWords } from '../../words/use-words.tsx';
import { planChecks } from './plan-checks.ts';
import css from './Wizard.module.css';

/** What speaks against the plan, worst first; then, small, what was looked at and is in order. */
export function CheckList({ plan }: { plan: Plan }) {
  const { t, say } = useWords();
  const { blockers, warnings, notices, passed } = planChecks(plan);
  return (
    <Panel
      title={t('wizard.checks')}
      aside={
        <span className="sd-row sd-small">
          {passed.length > 0 && (
            <span className="sd-row sd-ok">
              <StateIcon look={CHECK_LOOK.passed} />
              {t('wizard.countPassed', { n: passed.length })}
            </span>
          )}
          <span className={`sd-row ${warnings.length > 0 ? 'sd-warn' : 'sd-3'}`}>
            <StateIcon look={quietWhenNone(CHECK_LOOK.warning, warnings.length)} />
            {t('wizard.countWarnings', { n: warnings.length })}
          </span>
          <span className={`sd-row ${blockers.length > 0 ? 'sd-danger' : 'sd-3'}`}>
            <StateIcon look={quietWhenNone(CHECK_LOOK.blocker, blockers.length)} />
            {t('wizard.countBlockers', { n: blockers.length })}
          </span>
        </span>
      }
    >
      <ul className={css.checks}>
        {[...blockers, ...warnings, ...notices].map((problem, i) => (
          // The same objection may hold of two nodes; their order is the server's.
          <Check key={`${problem.code}-${i}`} problem={problem} />
        ))}
        {passed.length > 0 && (
          <li className={css.check}>
            <StateIcon look={CHECK_LOOK.passed} />
            <ul className={css.passed} aria-label={t('wizard.passed')}>
              {passed.map((word) => (
                <li key={word}>{say(word, {})}</li>
              ))}
            </ul>
          </li>
        )}
      </ul>
    </Panel>
  );
}

/** A zero in red would look like a trouble. */
function quietWhenNone(look: StateLook, count: number): StateLook {
  return count === 0 ? { ...look, tone: null } : look;
}

function Check({ problem }: { problem: PlanProblem }) {
  const words = useWords();
  const look = CHECK_LOOK[problem.severity];
  return (
    <li className={css.check}>
      <StateIcon look={look} />
      <p>
        <span className="sd-unseen">{words.say(look.word, {})}: </span>
        {explainPlanProblem(problem, words)}
      </p>
    </li>
  );
}
