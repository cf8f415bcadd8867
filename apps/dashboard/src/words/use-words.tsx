import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { ENGLISH, loadWords, rememberLanguage } from './language.ts';
import type { Language, Words } from './words.ts';

interface Spoken {
  words: Words;
  /** Switches when the other catalogue has come. Rejects when it could not be loaded; the language then stays. */
  speak: (language: Language) => Promise<void>;
}

const SpokenContext = createContext<Spoken>({ words: ENGLISH, speak: () => Promise.resolve() });

export function WordsProvider({ initial, children }: { initial: Words; children: ReactNode }) {
  const [words, setWords] = useState(initial);
  useEffect(() => {
    document.documentElement.lang = words.language === 'zh' ? 'zh-CN' : 'en';
  }, [words]);
  const spoken = useMemo<Spoken>(
    () => ({
      words,
      speak: async (language) => {
        const next = await loadWords(language);
        rememberLanguage(language);
        setWords(next);
      },
    }),
    [words],
  );
  return <SpokenContext value={spoken}>{children}</SpokenContext>;
}

/** The words of the chosen language: `const { t } = useWords()`, then `t('shell.clusters')`. */
export function useWords(): Words {
  return useContext(SpokenContext).words;
}

export function useLanguage(): [language: Language, speak: Spoken['speak']] {
  const { words, speak } = useContext(SpokenContext);
  return [words.language, speak];
}
