import { NoAnswer } from '@slotdeck/contract/client';
import { ApiError } from '@slotdeck/contract/errors';
import type { Words } from '../words/words.ts';

export interface Explained {
  /** One sentence: what happened. */
  readonly title: string;
  /** What to try. */
  readonly detail: string | null;
  /** Raw words of whoever answered. */
  readonly seen: string | null;
  readonly requestId: string | null;
}

/** Any error that can reach a screen, in words. */
export function explainError(error: unknown, words: Words): Explained {
  void words;
  if (error instanceof ApiError) return { title: error.message, detail: null, seen: null, requestId: error.requestId };
  if (error instanceof NoAnswer) return { title: error.message, detail: null, seen: null, requestId: null };
  return { title: String(error), detail: null, seen: null, requestId: null };
}
