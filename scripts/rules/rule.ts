import type { SourceFile } from './source-file.ts';

export interface Breach {
  readonly path: string;
  readonly line: number;
  /** What is there, and what the rule asks for instead. */
  readonly what: string;
}

/**
 * One thing that holds in the whole repository. Every rule brings files that break it and files that do not: a guard nobody has
 * seen fail guards nothing.
 */
export interface Rule {
  /** A sentence; it is the title of the rule's test. */
  readonly name: string;
  readonly breaches: (file: SourceFile) => Breach[];
  readonly bad: readonly SourceFile[];
  readonly good: readonly SourceFile[];
}
