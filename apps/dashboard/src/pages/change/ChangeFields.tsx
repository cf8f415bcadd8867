import { Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import type { Topology } from '@slotdeck/model/topology';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { useWords } from '../../words/use-words.tsx';
import { NextButton, WizardFooter } from '../wizard/WizardFooter.tsx';
import css from '../wizard/Wizard.module.css';
import { FIELDS, stepProblem, valueOf, type Field, type FieldName, type Values } from './change-kinds.ts';
import type { ChangeKind } from './change-names.ts';

interface ChangeFieldsProps {
  readonly kind: ChangeKind;
  readonly step: 'what' | 'where';
  readonly values: Values;
  readonly topology: Topology;
  readonly onChange: (name: FieldName, value: string) => void;
  readonly onBack?: (() => void) | undefined;
  readonly onNext: () => void;
}

/** The fields of one step. Nothing is sent from here. */
export function ChangeFields({ kind, step, values, topology, onChange, onBack, onNext }: ChangeFieldsProps) {
  const { t } = useWords();
  const problem = stepProblem(kind, step, values, topology);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (problem === null) onNext();
  };
  return (
    <form className={css.body} onSubmit={submit}>
      <PageSentence below={t(`change.below.${kind}`)}>{t(`change.title.${kind}`)}</PageSentence>
      <Panel label={t(`change.title.${kind}`)} padded>
        <div className={css.column}>
          {FIELDS[kind]
            .filter((field) => field.step === step)
            .map((field) => (
              <FieldInput key={field.name} field={field} values={values} topology={topology} onChange={onChange} />
            ))}
        </div>
      </Panel>
      <WizardFooter
        onBack={onBack}
        note={problem === null ? null : t(`change.why.${problem.why}`, { field: t(`change.field.${problem.field}`) })}
      >
        <NextButton isOff={problem !== null} onNext={onNext} />
      </WizardFooter>
    </form>
  );
}

/** Fields that need more than their label. */
const HINTED = [
  'address',
  'threshold',
  'mode',
  'then',
  'drain',
  'slots',
  'choices',
  'acceptLoss',
  'nodes',
  'replicas',
  'zones',
  'from',
  'sourcePassword',
  'copy',
  'replace',
  'databases',
  'driver',
] as const satisfies readonly FieldName[];

function FieldInput({
  field,
  values,
  topology,
  onChange,
}: {
  field: Field;
  values: Values;
  topology: Topology;
  onChange: (name: FieldName, value: string) => void;
}) {
  const { t } = useWords();
  const label = t(`change.field.${field.name}`);
  const hinted = HINTED.find((name) => name === field.name);
  const description = hinted === undefined ? undefined : t(`change.hint.${hinted}`);
  const value = valueOf(field, values);
  switch (field.form) {
    case 'flag':
      return (
        <Checkbox
          label={label}
          description={description}
          checked={value === 'yes'}
          onChange={(event) => onChange(field.name, event.currentTarget.checked ? 'yes' : '')}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          label={label}
          description={description}
          value={value}
          data={field.options.map((option) => ({ value: option, label: t(`change.option.${option}`) }))}
          onChange={(event) => onChange(field.name, event.currentTarget.value)}
        />
      );
    case 'node':
      return (
        <NativeSelect
          label={label}
          description={description}
          value={value}
          data={[
            { value: '', label: t(field.isOptional === true ? 'change.anyNode' : 'change.chooseNode') },
            ...topology.nodes
              .filter((node) => field.fits(node) || node.id === value)
              .map((node) => ({ value: node.id, label: `${node.name} · ${t(`states.role.${node.role}`)}` })),
          ]}
          onChange={(event) => onChange(field.name, event.currentTarget.value)}
        />
      );
    case 'secret':
      return (
        <PasswordInput
          label={label}
          description={description}
          value={value}
          autoComplete="off"
          onChange={(event) => onChange(field.name, event.currentTarget.value)}
        />
      );
    case 'lines':
      return (
        <Textarea
          label={label}
          description={description}
          value={value}
          autosize
          minRows={3}
          onChange={(event) => onChange(field.name, event.currentTarget.value)}
        />
      );
    case 'text':
    case 'number':
      return (
        <TextInput
          label={label}
          description={description}
          value={value}
          inputMode={field.form === 'number' ? 'numeric' : 'text'}
          onChange={(event) => onChange(field.name, event.currentTarget.value)}
        />
      );
  }
}
