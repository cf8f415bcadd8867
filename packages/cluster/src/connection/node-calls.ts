import type { ViewProblem } from '@slotdeck/model/topology';

/** Where a node is dialled. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** One word of a command. Keys may be any bytes. */
export type CommandWord = string | number | Buffer;
export type Command = readonly CommandWord[];

export interface CallOptions {
  /** Milliseconds to wait for the reply after it was sent; the connection's default when absent. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Bulk strings come back as `Buffer` (keys may be binary). */
  binary?: boolean;
  /**
   * Commands on different lanes travel on connections of their own, so that one that blocks does not hold up the others. Each lane
   * is one more client of the node.
   */
  lane?: number;
}

/**
 * A call that did not bring a reply of use.
 * - `no-reply`: the node could not be asked or the answer did not come; whether the command ran is not known when `sent` is true.
 * - `error-reply`: the node answered with an error line; the command did not run, or ran in part where Redis documents that.
 */
export type CallFailure =
  { kind: 'no-reply'; problem: ViewProblem; sent: boolean } | { kind: 'error-reply'; prefix: string; line: string };

export class NodeCallError extends Error {
  readonly code = 'node-call-failed';
  readonly address: NodeAddress;
  readonly failure: CallFailure;
  constructor(address: NodeAddress, failure: CallFailure, options?: ErrorOptions) {
    super(
      `${address.host}:${address.port}: ${failure.kind === 'error-reply' ? failure.line : `${failure.problem.code} (${failure.problem.seen})`}`,
      options,
    );
    this.name = 'NodeCallError';
    this.address = address;
    this.failure = failure;
  }
}

export type CallOutcome = { ok: true; reply: unknown; ms: number } | { ok: false; error: NodeCallError; ms: number };

/** What acting and observing need of the network. `connection/node-connections.ts` is the one that dials. */
export interface NodeCalls {
  /** @throws NodeCallError */
  call(to: NodeAddress, command: Command, options?: CallOptions): Promise<unknown>;
  /** Sent in one write, answered one by one; never throws for a single command's failure. */
  pipeline(to: NodeAddress, commands: readonly Command[], options?: CallOptions): Promise<CallOutcome[]>;
  /** MULTI … EXEC in one write; the outcomes are those of EXEC. @throws NodeCallError when EXEC was refused or never answered. */
  transaction(to: NodeAddress, commands: readonly Command[], options?: CallOptions): Promise<CallOutcome[]>;
}
