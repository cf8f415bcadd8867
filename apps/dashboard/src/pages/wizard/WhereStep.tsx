import { Checkbox, Radio } from '@mantine/core';
import type { FormEvent } from 'react';
import { movesAtomically } from '@slotdeck/model/atomic-servers';
import { SlotDriver } from '@slotdeck/model/plan';
import { shardOfNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { notATarget, whereProblem, type Draft } from './draft.ts';
import { explainDraft, explainNotATarget } from './explain-draft.ts';
import { NodeFacts } from './NodeFacts.tsx';
import type { DraftChange } from './WhatStep.tsx';
import { NextButton, WizardFooter } from './WizardFooter.tsx';
import css from './Wizard.module.css';

interface WhereStepProps {
  readonly draft: Draft;
  readonly topology: Topology;
  readonly onChange: (change: DraftChange) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

/** Which primaries take the slots. Nodes that cannot stay in the list and say why. */
export function WhereStep({ draft, topology, onChange, onBack, onNext }: WhereStepProps) {
  const words = useWords();
  const { t } = words;
  const { live } = useClusterPage();
  const problem = whereProblem(draft, topology);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (problem === null) onNext();
  };
  const toggle = (id: string, isOn: boolean): void =>
    onChange({ to: isOn ? [...draft.to, id] : draft.to.filter((each) => each !== id) });
  return (
    <form className={css.body} onSubmit={submit}>
      <PageSentence below={t('wizard.whereBelow')}>{t('wizard.whereTitle')}</PageSentence>
      <Panel label={t('wizard.targets')} padded>
        <fieldset className={css.fieldset}>
          <legend className="sd-unseen">{t('wizard.targets')}</legend>
          <ul className={css.nodes}>
            {inChoosingOrder(topology).map((node) => {
              const why = notATarget(node, draft);
              const isChosen = draft.to.includes(node.id);
              return (
                <li key={node.id}>
                  <Checkbox
                    label={node.name}
                    checked={isChosen}
                    // A chosen node that has become impossible can still be taken out.
                    disabled={why !== null && !isChosen}
                    onChange={(event) => toggle(node.id, event.currentTarget.checked)}
                  />
                  {why === null ? (
                    <NodeFacts
                      node={node}
                      shard={shardOfNode(topology, node.id)?.index ?? null}
                      stats={live.stats.find((each) => each.id === node.id) ?? null}
                    />
                  ) : (
                    <span className={`${css.facts} sd-small sd-3`}>{explainNotATarget(why, words)}</span>
                  )}
                </li>
              );
            })}
          </ul>
        </fieldset>
      </Panel>
      <DriverChoice draft={draft} topology={topology} onChange={onChange} />
      <Panel label={t('wizard.largeKeys')} padded>
        <Checkbox
          label={t('wizard.leaveLarge')}
          description={t('wizard.leaveLargeWhat')}
          checked={draft.leavesLarge}
          onChange={(event) => onChange({ leavesLarge: event.currentTarget.checked })}
        />
      </Panel>
      <WizardFooter onBack={onBack} note={problem === null ? null : explainDraft(problem, words)}>
        <NextButton isOff={problem !== null} onNext={onNext} />
      </WizardFooter>
    </form>
  );
}

/** How the slots go over; offered where the servers could do it by themselves, and there with what speaks for either way. */
function DriverChoice({ draft, topology, onChange }: Pick<WhereStepProps, 'draft' | 'topology' | 'onChange'>) {
  const { t } = useWords();
  const primaries = topology.nodes.filter(({ role }) => role === 'primary');
  const can =
    primaries.length > 1 && primaries.every((node) => movesAtomically(node.server, primaries[0]?.server ?? null));
  if (!can && draft.driver === 'classic') return null;
  return (
    <Panel label={t('wizard.driver')} padded>
      <Radio.Group
        label={t('wizard.driver')}
        value={draft.driver}
        onChange={(value) => onChange({ driver: SlotDriver.catch('classic').parse(value) })}
      >
        <div className={css.column}>
          {SlotDriver.options.map((driver) => (
            <Radio
              key={driver}
              value={driver}
              label={t(`wizard.driver.${driver}`)}
              description={t(`wizard.driverWhat.${driver}`)}
            />
          ))}
        </div>
      </Radio.Group>
    </Panel>
  );
}

/** Primaries first, in order of their shard; replicas after them. */
function inChoosingOrder(topology: Topology): TopologyNode[] {
  const rank = (node: TopologyNode): number =>
    (node.role === 'replica' ? 10_000 : 0) + (shardOfNode(topology, node.id)?.index ?? 9999);
  return [...topology.nodes].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
