import type { OperationName } from '../command-names.ts';

/** The words of an operation's command line, by the names they have here whatever they were spelled like. */
export interface OperationWords {
  readonly kind: OperationName;
  /** What stood after the address. */
  readonly rest: readonly string[];
  /** `add-node`: the address that stood before the cluster's. */
  readonly newcomer: string | null;
  /** `create`: all nodes, as `host:port`. */
  readonly nodes: readonly string[];
  /** `HOST:PORT=ZONE`. */
  readonly zones: readonly string[];
  /** `SLOTS=NODE`. */
  readonly choices: readonly string[];
  /** `ID=WEIGHT`. */
  readonly weights: readonly string[];
  value(name: string): string | undefined;
  has(name: string): boolean;
  /** Separated by commas; empty when it was not given. */
  list(name: string): readonly string[];
}
