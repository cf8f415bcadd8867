import type { OperationJournal } from '../src/engine/journal.ts';

/**
 * A process that a test can end at any moment without its knowing: what it has written stays written, what it still tries
 * afterwards never happens. In a real crash the rest of the code does not run; here it runs against walls.
 */
export interface Life {
  readonly ended: Promise<void>;
  readonly isOver: boolean;
  end(): void;
  /** Everything that reaches the world outside goes through here. */
  act<T>(work: () => Promise<T>): Promise<T>;
  /** The journal as this process may write it. */
  journal(kept: OperationJournal): OperationJournal;
  readonly acts: number;
  readonly writes: number;
}

/** `before`: the command is never sent. `after`: it was carried out, but nobody is left to hear so. */
export type Death = { readonly by: 'act' | 'write'; readonly count: number; readonly moment: 'before' | 'after' };

export class LifeIsOver extends Error {
  readonly code = 'life-is-over';
}

export function createLife(death: Death | null = null): Life {
  let isOver = false;
  let acts = 0;
  let writes = 0;
  let tell = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const never = new Promise<never>(() => undefined);

  function end(): void {
    isOver = true;
    tell();
  }

  function isDue(by: Death['by'], moment: Death['moment'], count: number): boolean {
    return death !== null && death.by === by && death.moment === moment && death.count === count;
  }

  function write<T>(work: () => T): T {
    if (isOver) throw new LifeIsOver();
    writes += 1;
    if (isDue('write', 'before', writes)) {
      end();
      throw new LifeIsOver();
    }
    const written = work();
    if (isDue('write', 'after', writes)) {
      end();
      throw new LifeIsOver();
    }
    return written;
  }

  return {
    ended,
    get isOver() {
      return isOver;
    },
    end,
    async act(work) {
      if (isOver) return never;
      acts += 1;
      if (isDue('act', 'before', acts)) {
        end();
        return never;
      }
      const mine = acts;
      const result = await work();
      if (isDue('act', 'after', mine)) end();
      // A reply that comes after the end is heard by nobody.
      return isOver ? never : result;
    },
    journal: (kept) => ({
      ...kept,
      create: (...args) => write(() => kept.create(...args)),
      append: (...args) => write(() => kept.append(...args)),
      appendTranscript: (...args) => write(() => kept.appendTranscript(...args)),
    }),
    get acts() {
      return acts;
    },
    get writes() {
      return writes;
    },
  };
}
