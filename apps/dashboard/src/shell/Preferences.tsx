import { useMantineColorScheme } from '@mantine/core';
import { printRole } from '../access/explain-allowed.ts';
import { useSignOut, useUser } from '../access/use-session.ts';
import { IconLanguage, IconLogout, IconSun } from '../icons.ts';
import { useLanguage, useWords } from '../words/use-words.tsx';
import styles from './Preferences.module.css';

/** Who is signed in, language, colours, sign out: rarely used, always in the same corner. */
export function Preferences() {
  const words = useWords();
  const { t } = words;
  const user = useUser();
  const signOut = useSignOut();
  return (
    <div className={styles.preferences}>
      <div className={styles.selects}>
        <LanguageSelect />
        <ThemeSelect />
      </div>
      {user === null ? null : (
        <div className={styles.user}>
          <span className={styles.initials} aria-hidden>
            {user.name.slice(0, 2).toUpperCase()}
          </span>
          <span className={`${styles.who} sd-grow`}>
            <span className="sd-unseen">{t('shell.signedInAs', { name: user.name })}</span>
            <span className="sd-cut" aria-hidden>
              {user.name}
            </span>
            <span className="sd-tiny sd-3">{printRole(user.role, words)}</span>
          </span>
          <button
            type="button"
            className={styles.quiet}
            onClick={() => signOut.mutate()}
            title={t('shell.signOut')}
            aria-label={t('shell.signOut')}
          >
            <IconLogout aria-hidden />
          </button>
        </div>
      )}
    </div>
  );
}

/** Each language names itself: someone who cannot read the present one must find their own. */
const LANGUAGE_NAMES = { en: 'English', zh: '简体中文' } as const;

export function LanguageSelect() {
  const { t } = useWords();
  const [language, speak] = useLanguage();
  return (
    <label className={styles.select} title={t('shell.language')}>
      <IconLanguage aria-hidden />
      <span className="sd-unseen">{t('shell.language')}</span>
      <select value={language} onChange={(event) => void speak(event.currentTarget.value === 'zh' ? 'zh' : 'en')}>
        <option value="en" lang="en">
          {LANGUAGE_NAMES.en}
        </option>
        <option value="zh" lang="zh-CN">
          {LANGUAGE_NAMES.zh}
        </option>
      </select>
    </label>
  );
}

export function ThemeSelect() {
  const { t } = useWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <label className={styles.select} title={t('shell.theme')}>
      <IconSun aria-hidden />
      <span className="sd-unseen">{t('shell.theme')}</span>
      <select
        value={colorScheme}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          setColorScheme(chosen === 'dark' || chosen === 'light' ? chosen : 'auto');
        }}
      >
        <option value="auto">{t('shell.themeAuto')}</option>
        <option value="dark">{t('shell.themeDark')}</option>
        <option value="light">{t('shell.themeLight')}</option>
      </select>
    </label>
  );
}
