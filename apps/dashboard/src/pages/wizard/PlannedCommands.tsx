import { Button } from '@mantine/core';
import { Suspense, useState } from 'react';
import type { Plan } from '@slotdeck/model/plan';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Panel } from '../../components/Panel.tsx';
import { IconChevronRight, IconDownload } from '../../icons.ts';
import { useWords } from '../../words/use-words.tsx';
import { planScript } from '../operations/redis-cli-script.ts';
import { saveText } from '../operations/save-text.ts';
import { lazyPart } from '../../shell/load-part.ts';
import css from './Wizard.module.css';

const CommandList = lazyPart(() => import('./CommandList.tsx').then((module) => module.CommandList));

/** The exact commands, closed at first. */
export function PlannedCommands({ plan, topology }: { plan: Plan; topology: Topology }) {
  const words = useWords();
  const { t } = words;
  const [isOpen, setOpen] = useState(false);
  const script = (): string =>
    planScript(
      plan.commands,
      (node) => {
        const found = findNode(topology, node);
        return found === undefined ? null : { host: found.host, port: found.port };
      },
      {
        head: [t('wizard.scriptHead', { plan: plan.id, n: plan.slots }), t('wizard.scriptWarning')],
        repeated: (n) => t('wizard.repeated', { n }),
        cut: (n) => t('operations.scriptCut', { n }),
        noAddress: (node) => t('operations.scriptNoAddress', { node }),
        waited: (text) => t('operations.scriptWaited', { text }),
      },
    );
  const sent = plan.commands.reduce((sum, command) => sum + command.repeat, 0);
  return (
    <Panel
      title={
        <button type="button" className={css.disclosure} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <IconChevronRight aria-hidden style={{ transform: isOpen ? 'rotate(90deg)' : 'none' }} />
          {t('wizard.exactCommands')}
        </button>
      }
      note={t('wizard.commandCount', { n: sent })}
      aside={
        <span className="sd-row">
          <CopyButton text={script} label={t('wizard.copyScript')} />
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconDownload aria-hidden />}
            onClick={() => saveText(`${plan.id}.sh`, script())}
          >
            {t('wizard.saveScript')}
          </Button>
        </span>
      }
    >
      <Suspense fallback={null}>{isOpen && <CommandList plan={plan} topology={topology} />}</Suspense>
    </Panel>
  );
}
