import { en } from './catalogue-en.ts';
import { makeWords, type Language, type Words } from './words.ts';

const KEPT_AS = 'slotdeck.language';

/** The language kept on this device, else the first one the browser asks for that we have, else English. */
export function preferredLanguage(kept: string | null, asked: readonly string[]): Language {
  if (kept === 'en' || kept === 'zh') return kept;
  for (const tag of asked) {
    if (tag.toLowerCase().startsWith('zh')) return 'zh';
    if (tag.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}

export function rememberedLanguage(): Language {
  return preferredLanguage(localStorage.getItem(KEPT_AS), navigator.languages);
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(KEPT_AS, language);
}

export const ENGLISH: Words = makeWords('en', en);

/** English is always here; Chinese comes on demand, so that nobody loads two languages. */
export async function loadWords(language: Language): Promise<Words> {
  if (language === 'en') return ENGLISH;
  const { zh } = await import('./catalogue-zh.ts');
  return makeWords('zh', zh);
}
