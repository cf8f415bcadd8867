import { Checkbox, Radio, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { countSlots, intersectSlots } from '@slotdeck/model/slot-ranges';
import { shardOfNode, type Topology } from '@slotdeck/model/topology';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { SlotStrip } from '../../components/SlotStrip.tsx';
import { segmentsOf } from '../../components/strip-segments.ts';
import { printAmount } from '../../words/phrase.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { splitSegments } from '../slots/split-segments.ts';
import { availableSlots, namedSlots, sourcesOf, whatProblem, type changeDraft, type Draft } from './draft.ts';
import { explainDraft } from './explain-draft.ts';
import { NodeFacts } from './NodeFacts.tsx';
import { NextButton, WizardFooter } from './WizardFooter.tsx';
import css from './Wizard.module.css';

export type DraftChange = Parameters<typeof changeDraft>[1];

interface WhatStepProps {
  readonly draft: Draft;
  readonly topology: Topology;
  readonly onChange: (change: DraftChange) => void;
  readonly onNext: () => void;
}

/** Which slots move: named ones, or how many. */
export function WhatStep({ draft, topology, onChange, onNext }: WhatStepProps) {
  const words = useWords();
  const { t } = words;
  const problem = whatProblem(draft, topology);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (problem === null) onNext();
  };
  return (
    <form className={css.body} onSubmit={submit}>
      <PageSentence below={t('wizard.whatBelow')}>{t('wizard.whatTitle')}</PageSentence>
      <Panel label={t('wizard.whatTitle')} padded>
        <Radio.Group
          aria-label={t('wizard.how')}
          value={draft.how}
          onChange={(how) => onChange({ how: how === 'count' ? 'count' : 'named' })}
        >
          <div className={css.choices}>
            <Radio value="named" label={t('wizard.howNamed')} />
            <Radio value="count" label={t('wizard.howCount')} />
          </div>
        </Radio.Group>
        {draft.how === 'named' ? (
          <NamedSlots draft={draft} topology={topology} onChange={onChange} />
        ) : (
          <CountOfSlots draft={draft} topology={topology} onChange={onChange} />
        )}
      </Panel>
      <WizardFooter note={problem === null ? null : explainDraft(problem, words)}>
        <NextButton isOff={problem !== null} onNext={onNext} />
      </WizardFooter>
    </form>
  );
}

function NamedSlots({ draft, topology, onChange }: Omit<WhatStepProps, 'onNext'>) {
  const words = useWords();
  const { t } = words;
  const [text, setText] = useState(draft.slots);
  const problem = whatProblem({ ...draft, slots: text }, topology);
  const named = namedSlots({ ...draft, slots: text });
  const owners = topology.shards
    .map((shard) => ({ shard, count: countSlots(intersectSlots(named, shard.slots)) }))
    .filter(({ count }) => count > 0);
  return (
    <div className={css.field}>
      <Textarea
        label={t('wizard.slotsToMove')}
        description={t('wizard.slotsToMoveHow')}
        classNames={{ input: 'sd-mono' }}
        autosize={false}
        rows={2}
        spellCheck={false}
        value={text}
        error={text.trim() !== '' && problem !== null ? explainDraft(problem, words) : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange({ slots: event.currentTarget.value });
        }}
      />
      <p className="sd-small sd-2" aria-live="polite">
        {named.length === 0
          ? ''
          : [
              t('wizard.namedCount', { n: countSlots(named) }),
              ...owners.map(({ shard, count }) => t('wizard.ownedBy', { index: String(shard.index), count })),
            ].join(' · ')}
      </p>
      <SlotStrip
        segments={splitSegments(segmentsOf(topology), named)}
        height={14}
        axis
        {...(named.length === 0 ? {} : { subject: named })}
      />
    </div>
  );
}

function CountOfSlots({ draft, topology, onChange }: Omit<WhatStepProps, 'onNext'>) {
  const words = useWords();
  const { t } = words;
  const { live } = useClusterPage();
  const [text, setText] = useState(draft.count);
  const sources = sourcesOf(topology);
  const problem = whatProblem({ ...draft, count: text }, topology);
  const toggle = (id: string, isOn: boolean): void => {
    const chosen = draft.from.length === 0 ? [] : draft.from;
    const from = isOn ? [...chosen, id] : chosen.filter((each) => each !== id);
    onChange({ from: from.length === sources.length ? [] : from });
  };
  return (
    <div className={css.field}>
      <TextInput
        label={t('wizard.numberOfSlots')}
        description={t('wizard.numberOfSlotsHow', { available: availableSlots(draft, topology) })}
        inputMode="numeric"
        autoComplete="off"
        className={css.short}
        value={text}
        error={text.trim() !== '' && problem !== null ? explainDraft(problem, words) : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange({ count: event.currentTarget.value });
        }}
      />
      <fieldset className={css.fieldset}>
        <legend>{t('wizard.sources')}</legend>
        <Checkbox
          label={t('wizard.allPrimaries')}
          checked={draft.from.length === 0}
          onChange={(event) =>
            onChange({ from: event.currentTarget.checked ? [] : sources.map((node) => node.id).slice(0, 1) })
          }
        />
        <ul className={css.nodes}>
          {sources.map((node) => (
            <li key={node.id}>
              <Checkbox
                label={node.name}
                checked={draft.from.includes(node.id)}
                onChange={(event) => toggle(node.id, event.currentTarget.checked)}
              />
              <NodeFacts
                node={node}
                shard={shardOfNode(topology, node.id)?.index ?? null}
                stats={live.stats.find((each) => each.id === node.id) ?? null}
              />
            </li>
          ))}
        </ul>
        <p className="sd-small sd-3">{t('wizard.sourcesHow', { n: printAmount(sources.length) })}</p>
      </fieldset>
    </div>
  );
}
