import type { CommandName } from './command-names.ts';

/** Arguments that say nothing sensible: exit 2. */
export class UsageError extends Error {
  readonly code = 'usage';
  readonly about: CommandName | null;
  constructor(message: string, about: CommandName | null = null) {
    super(message);
    this.name = 'UsageError';
    this.about = about;
  }
}
