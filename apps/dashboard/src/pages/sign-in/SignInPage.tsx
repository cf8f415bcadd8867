import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { call } from '../../api/client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Mark } from '../../shell/Mark.tsx';
import { LanguageSelect, ThemeSelect } from '../../shell/Preferences.tsx';
import { useWords } from '../../words/use-words.tsx';
import styles from './SignInPage.module.css';

/** The page holds nothing but this form, so its first field has the focus. */
function focusOnce(field: HTMLInputElement | null): void {
  field?.focus();
}

export function SignInPage() {
  const { t } = useWords();
  const cache = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: '/sign-in' });
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const signIn = useMutation({
    mutationFn: () => call('signIn', { body: { username, password } }),
    onSuccess: ({ user }) => {
      cache.setQueryData(sessionQuery().queryKey, (held) => ({ user, version: held?.version ?? '' }));
      // `next` is a path of this console (its schema says so); going there by history keeps it out of the page's code.
      router.history.replace(next ?? '/clusters');
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (username !== '' && password !== '' && !signIn.isPending) signIn.mutate();
  };
  return (
    <main className={styles.page}>
      <form onSubmit={submit} noValidate className={styles.card}>
        <h1 className={styles.title}>
          <Mark />
          {t('signIn.title')}
        </h1>
        <TextInput
          label={t('signIn.name')}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          error={tried && username === '' ? t('signIn.needsName') : undefined}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          ref={focusOnce}
        />
        <PasswordInput
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showTyped') }}
          label={t('signIn.password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={tried && password === '' ? t('signIn.needsPassword') : undefined}
          autoComplete="current-password"
        />
        {signIn.isError ? <ErrorPanel error={signIn.error} /> : null}
        <Button type="submit" variant="filled" fullWidth loading={signIn.isPending} size="sm">
          {t('signIn.submit')}
        </Button>
        <p className="sd-small sd-2">{t('signIn.firstTime')}</p>
        <div className={styles.foot}>
          <LanguageSelect />
          <ThemeSelect />
        </div>
      </form>
    </main>
  );
}
