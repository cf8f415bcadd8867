import type { SlotDriver } from '@slotdeck/model/plan';
import { Panel } from '../../components/Panel.tsx';
import { useWords } from '../../words/use-words.tsx';
import css from './Wizard.module.css';

/** The order in which each batch moves, and why that order. */
export function BatchMoves({ driver }: { driver: SlotDriver }) {
  const { t } = useWords();
  const classic = [
    { title: t('wizard.batchOpen'), what: t('wizard.batchOpenWhat') },
    { title: t('wizard.batchMove'), what: t('wizard.batchMoveWhat') },
    { title: t('wizard.batchEpoch'), what: t('wizard.batchEpochWhat') },
    { title: t('wizard.batchHandOver'), what: t('wizard.batchHandOverWhat') },
    { title: t('wizard.batchWait'), what: t('wizard.batchWaitWhat') },
  ];
  const atomic = [
    { title: t('wizard.batchEpoch'), what: t('wizard.batchEpochWhat') },
    { title: t('wizard.batchCopy'), what: t('wizard.batchCopyWhat') },
    { title: t('wizard.batchHold'), what: t('wizard.batchHoldWhat') },
    { title: t('wizard.batchWait'), what: t('wizard.batchWaitWhat') },
  ];
  const steps = driver === 'atomic' ? atomic : classic;
  return (
    <Panel title={t('wizard.batch')}>
      <ol className={css.batch}>
        {steps.map(({ title, what }, i) => (
          <li key={title}>
            <p>
              <span className="sd-3">{i + 1}</span> <span className="sd-strong">{title}</span>
            </p>
            <p className="sd-small sd-2">{what}</p>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
