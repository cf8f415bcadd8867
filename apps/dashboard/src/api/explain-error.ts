import { NoAnswer } from '@slotdeck/contract/client';
import { ApiError } from '@slotdeck/contract/errors';
import type { Words } from '../words/words.ts';
import { factFillings } from './fact-fillings.ts';

export interface Explained {
  /** One sentence: what happened. */
  readonly title: string;
  /** What to try. */
  readonly detail: string;
  /** Raw words of whoever answered, where they say more. */
  readonly seen: string | null;
  /** Finds the request in the log of the server. */
  readonly requestId: string | null;
}

/** Any error that can reach a screen, in words. */
export function explainError(error: unknown, words: Words): Explained {
  if (error instanceof ApiError) {
    const seen = error.facts['seen'];
    return {
      title: words.say(`errors.${error.code}.title`, factFillings(error.facts)),
      detail: words.say(`errors.${error.code}.try`, { ...factFillings(error.facts), issues: printIssues(error.facts) }),
      seen: typeof seen === 'string' && seen !== '' ? seen : null,
      requestId: error.requestId,
    };
  }
  if (error instanceof NoAnswer) {
    return {
      title: words.t('errors.noAnswerTitle'),
      detail: words.t('errors.noAnswerTry'),
      seen: error.message,
      requestId: null,
    };
  }
  return {
    title: words.t('errors.brokenTitle'),
    detail: words.t('errors.brokenTry'),
    seen: error instanceof Error ? error.message : String(error),
    requestId: null,
  };
}

/** The server lists each field and what is wrong with it; the words of a schema are English in either language. */
function printIssues(facts: Readonly<Record<string, unknown>>): string {
  return readIssues(facts)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ');
}

/** Fields that the server refused, from `facts.issues` of `invalid-request`. */
export function readIssues(facts: Readonly<Record<string, unknown>>): { path: string; message: string }[] {
  const issues = facts['issues'];
  if (!Array.isArray(issues)) return [];
  return issues.flatMap((issue: unknown) =>
    typeof issue === 'object' &&
    issue !== null &&
    'path' in issue &&
    'message' in issue &&
    typeof issue.path === 'string' &&
    typeof issue.message === 'string'
      ? [{ path: issue.path, message: issue.message }]
      : [],
  );
}
