import { Button, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ChangeEvent, type FormEvent } from 'react';
import { ApiError } from '@slotdeck/contract/errors';
import { ClusterId } from '@slotdeck/model/ids';
import { call } from '../../api/client.ts';
import { explainViewProblem } from '../../api/explain-view-problem.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LinkButton } from '../../components/LinkButton.tsx';
import { useWords } from '../../words/use-words.tsx';
import styles from './AddClusterForm.module.css';
import { EMPTY_FORM, readForm, type Field, type NewClusterForm } from './new-cluster-form.ts';
import { fieldOf, refusedFields, triedAddresses, type TriedAddress } from './tried-addresses.ts';

/** One address is enough. What is wrong stands beside the field in which it is put right. */
export function AddClusterForm({ onCancel }: { onCancel?: () => void }) {
  const words = useWords();
  const { t, say } = words;
  const navigate = useNavigate();
  const [form, setForm] = useState<NewClusterForm>(EMPTY_FORM);
  const [tried, setTried] = useState(false);
  const add = useMutation({
    mutationFn: (body: Parameters<typeof call<'addCluster'>>[1]['body']) => call('addCluster', { body }),
    onSuccess: (cluster) => navigate({ to: '/clusters/$clusterId', params: { clusterId: cluster.id } }),
  });
  const read = readForm(form);
  const answers = triedAddresses(add.error);
  const refused = refusedFields(add.error);

  const problemOf = (field: Field): string | undefined => {
    const problem = read.ok || !tried ? undefined : read.problems[field];
    if (problem !== undefined) return say(problem.key, { text: problem.text });
    const answer = answers.find((each) => fieldOf(each) === field);
    return answer === undefined ? refused[field] : explainViewProblem(answer, answer.seed, words).seen;
  };
  const bind = (field: Field) => ({
    value: form[field],
    error: problemOf(field),
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      const { value } = event.currentTarget;
      setForm((held) => ({ ...held, [field]: value }));
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (read.ok && !add.isPending) add.mutate(read.body);
  };

  return (
    <form onSubmit={submit} noValidate className={styles.form} aria-label={t('clusters.addTitle')}>
      <div className={styles.pair}>
        <TextInput
          label={t('clusters.name')}
          description={t('clusters.nameHint')}
          required
          withAsterisk={false}
          {...bind('name')}
        />
        <Textarea
          label={t('clusters.addresses')}
          description={t('clusters.addressesHint')}
          placeholder="10.0.0.5:6379"
          rows={2}
          spellCheck={false}
          required
          withAsterisk={false}
          {...bind('addresses')}
        />
      </div>
      <div className={styles.pair}>
        <TextInput
          label={t('clusters.userName')}
          description={t('clusters.userNameHint')}
          autoComplete="off"
          spellCheck={false}
          {...bind('userName')}
        />
        <PasswordInput
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showTyped') }}
          label={t('clusters.password')}
          description={t('clusters.passwordHint')}
          autoComplete="new-password"
          aria-invalid={problemOf('password') !== undefined}
          {...bind('password')}
        />
      </div>
      <NativeSelect
        label={t('clusters.tls')}
        error={problemOf('tls')}
        value={form.tls}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setForm((held) => ({ ...held, tls: value === 'on' || value === 'unverified' ? value : 'off' }));
        }}
        data={[
          { value: 'off', label: t('clusters.tlsOff') },
          { value: 'on', label: t('clusters.tlsOn') },
          { value: 'unverified', label: t('clusters.tlsUnverified') },
        ]}
      />
      {form.tls === 'unverified' ? <p className={styles.warning}>{t('clusters.tlsUnverifiedWarning')}</p> : null}
      {form.tls === 'off' ? null : (
        <>
          <div className={styles.pair}>
            <Textarea label={t('clusters.tlsCa')} description={t('clusters.tlsCaHint')} rows={3} {...bind('ca')} />
            <TextInput
              label={t('clusters.tlsServerName')}
              description={t('clusters.tlsServerNameHint')}
              {...bind('serverName')}
            />
          </div>
          <div className={styles.pair}>
            <Textarea label={t('clusters.tlsCert')} rows={3} {...bind('cert')} />
            <Textarea label={t('clusters.tlsKey')} rows={3} {...bind('key')} />
          </div>
        </>
      )}
      <details open={problemOf('natMap') !== undefined || undefined} className={styles.more}>
        <summary>{t('clusters.more')}</summary>
        <Textarea
          label={t('clusters.natMap')}
          description={t('clusters.natMapHint')}
          rows={3}
          spellCheck={false}
          {...bind('natMap')}
        />
      </details>
      {add.isError ? <Refusal error={add.error} answers={answers} /> : null}
      <div className={styles.actions}>
        <Button type="submit" variant="filled" loading={add.isPending}>
          {t('clusters.submit')}
        </Button>
        {onCancel === undefined ? null : <Button onClick={onCancel}>{t('clusters.cancel')}</Button>}
        <span role="status" className="sd-small sd-2">
          {add.isPending ? t('clusters.adding') : ''}
        </span>
      </div>
    </form>
  );
}

function Refusal({ error, answers }: { error: Error; answers: readonly TriedAddress[] }) {
  const words = useWords();
  const existing =
    error instanceof ApiError && error.code === 'cluster-exists' ? ClusterId.safeParse(error.facts['id']) : null;
  return (
    <ErrorPanel
      error={error}
      action={
        existing?.success === true ? (
          <LinkButton to="/clusters/$clusterId" params={{ clusterId: existing.data }}>
            {words.t('clusters.openExisting')}
          </LinkButton>
        ) : undefined
      }
    >
      {answers.length === 0 ? null : (
        <section aria-label={words.t('clusters.triedTitle')} className={styles.answers}>
          <h3 className="sd-small sd-strong">{words.t('clusters.triedTitle')}</h3>
          <ul className={styles.tried}>
            {answers.map((answer) => (
              <Answer key={answer.seed} answer={answer} />
            ))}
          </ul>
        </section>
      )}
    </ErrorPanel>
  );
}

function Answer({ answer }: { answer: TriedAddress }) {
  const { seen, toTry, raw } = explainViewProblem(answer, answer.seed, useWords());
  return (
    <li>
      <p className="sd-strong">{seen}</p>
      <p className="sd-2">{toTry}</p>
      {raw === null ? null : <p className="sd-mono sd-3">{raw}</p>}
    </li>
  );
}
