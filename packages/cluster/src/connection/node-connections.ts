import type { ViewProblem } from '@slotdeck/model/topology';
import { restAfterFailure } from './back-off.ts';
import { errorReply, noReply } from './call-problem.ts';
import { settle, type ConnectionSettings } from './connection-settings.ts';
import { dialledAddress, printAddress } from './node-address.ts';
import {
  NodeCallError,
  type CallOptions,
  type CallOutcome,
  type Command,
  type NodeAddress,
  type NodeCalls,
} from './node-calls.ts';
import { openLink, type LinkOpening, type NodeLink } from './node-link.ts';

export interface NodeConnections extends NodeCalls {
  /** Ends every connection; calls under way fail with `connection-closed`, and so do all later ones. */
  close(): Promise<void>;
}

/** Time and chance, so that a test can hold them. Milliseconds that never run backwards; a number in [0, 1). */
export interface Surroundings {
  readonly monotonic: () => number;
  readonly random: () => number;
}

/**
 * Where a node stands with us.
 * - `closed`: no connection; the next call dials
 * - `dialling`: one attempt is under way, and all calls wait for the same one
 * - `open`: calls go out at once
 * - `resting`: the last attempt failed; until `until` calls fail at once with its problem
 */
type Standing =
  | { readonly state: 'closed' }
  | { readonly state: 'dialling'; readonly attempt: Promise<LinkOpening> }
  | { readonly state: 'open'; readonly link: NodeLink }
  | { readonly state: 'resting'; readonly until: number; readonly problem: ViewProblem };

interface Peer {
  readonly address: NodeAddress;
  standing: Standing;
  failures: number;
  hasWorked: boolean;
  /** Commands that wait for the dialling to end. */
  queued: number;
  idleTimer: NodeJS.Timeout | null;
}

/** One lazily made connection per node address; a node that hangs or is gone delays nobody who asks another. */
export function openConnections(
  given: ConnectionSettings,
  { monotonic, random }: Surroundings = { monotonic: () => performance.now(), random: Math.random },
): NodeConnections {
  const settings = settle(given);
  const peers = new Map<string, Peer>();
  let isClosed = false;

  function peerAt(address: NodeAddress, lane: number | undefined): Peer {
    const key = `${printAddress(address)} ${lane ?? ''}`;
    const known = peers.get(key);
    if (known !== undefined) return known;
    const peer: Peer = {
      address,
      standing: { state: 'closed' },
      failures: 0,
      hasWorked: false,
      queued: 0,
      idleTimer: null,
    };
    peers.set(key, peer);
    return peer;
  }

  /** The link, or why there is none now. */
  async function linkTo(peer: Peer): Promise<LinkOpening> {
    if (isClosed) return { ok: false, problem: closedByUs };
    const { standing } = peer;
    if (standing.state === 'open' && standing.link.isOpen) return { ok: true, link: standing.link };
    if (standing.state === 'dialling') return standing.attempt;
    if (standing.state === 'resting' && monotonic() < standing.until) return { ok: false, problem: standing.problem };
    const attempt = dial(peer);
    peer.standing = { state: 'dialling', attempt };
    return attempt;
  }

  async function dial(peer: Peer): Promise<LinkOpening> {
    const opening = await openLink(
      {
        address: peer.address,
        dialled: dialledAddress(peer.address, settings.natMap),
        isFirstContact: !peer.hasWorked,
        onClosed: (link) => {
          // A link that was replaced meanwhile has nothing to say about the present one.
          if (peer.standing.state === 'open' && peer.standing.link === link) peer.standing = { state: 'closed' };
        },
      },
      settings,
    );
    if (!opening.ok) {
      peer.failures += 1;
      const rest = restAfterFailure(peer.failures, opening.problem.code, random());
      peer.standing = { state: 'resting', until: monotonic() + rest, problem: opening.problem };
      return opening;
    }
    if (isClosed) {
      opening.link.close();
      return { ok: false, problem: closedByUs };
    }
    peer.failures = 0;
    peer.hasWorked = true;
    peer.standing = { state: 'open', link: opening.link };
    return opening;
  }

  function armIdle(peer: Peer): void {
    if (peer.idleTimer !== null) clearTimeout(peer.idleTimer);
    peer.idleTimer = setTimeout(() => {
      const { standing } = peer;
      if (standing.state !== 'open') return;
      if (standing.link.unanswered > 0) armIdle(peer);
      else standing.link.close();
    }, settings.idleMs);
    // Forgetting an idle connection is no reason to keep a process alive.
    peer.idleTimer.unref();
  }

  /** @throws NodeCallError when nothing could be sent; single failures are in the outcomes. */
  async function send(to: NodeAddress, commands: readonly Command[], options: CallOptions): Promise<CallOutcome[]> {
    options.signal?.throwIfAborted();
    const peer = peerAt(to, options.lane);
    const waiting = peer.queued + (peer.standing.state === 'open' ? peer.standing.link.unanswered : 0);
    if (waiting > 0 && waiting + commands.length > settings.maxPending) {
      throw noReply(to, { code: 'busy', seen: `${waiting} commands are under way to this node` }, false);
    }
    peer.queued += commands.length;
    let opening: LinkOpening;
    try {
      opening = await untilAborted(linkTo(peer), options.signal);
    } finally {
      peer.queued -= commands.length;
    }
    if (!opening.ok) throw noReply(to, opening.problem, false);
    armIdle(peer);
    const outcomes = opening.link.send(commands, {
      timeoutMs: options.timeoutMs ?? settings.replyTimeoutMs,
      binary: options.binary ?? false,
    });
    return untilAborted(outcomes, options.signal);
  }

  return {
    async call(to, command, options = {}) {
      const [outcome] = await send(to, [command], options);
      if (outcome === undefined) throw noReply(to, closedByUs, false);
      if (!outcome.ok) throw outcome.error;
      return outcome.reply;
    },
    async pipeline(to, commands, options = {}) {
      try {
        return await send(to, commands, options);
      } catch (error) {
        if (!(error instanceof NodeCallError)) throw error;
        return commands.map(() => ({ ok: false, error, ms: 0 }));
      }
    },
    // One write saves a round trip under the locks of a hand-over. The price: where a user's rights allow the commands but not MULTI,
    // they run one by one, and what is thrown is the refusal of MULTI; whoever acts looks at what came of it anyway.
    async transaction(to, commands, options = {}) {
      const outcomes = await send(to, [['MULTI'], ...commands, ['EXEC']], options);
      return readTransaction(to, outcomes, commands.length);
    },
    async close() {
      isClosed = true;
      for (const peer of peers.values()) {
        if (peer.idleTimer !== null) clearTimeout(peer.idleTimer);
        const { standing } = peer;
        if (standing.state === 'open') standing.link.close();
        // An attempt under way closes its own link when it finds us closed.
        if (standing.state === 'dialling') await standing.attempt;
      }
      peers.clear();
    },
  };
}

const closedByUs: ViewProblem = { code: 'connection-closed', seen: 'closed by us' };

/** Outcomes of what stood between MULTI and EXEC. */
function readTransaction(to: NodeAddress, outcomes: readonly CallOutcome[], count: number): CallOutcome[] {
  const exec = outcomes.at(-1);
  if (exec === undefined) throw noReply(to, closedByUs, false);
  if (!exec.ok) {
    // EXECABORT only says that something was refused before; what was refused says why.
    const refused = outcomes.find((outcome) => !outcome.ok && outcome.error.failure.kind === 'error-reply');
    throw refused?.ok === false && exec.error.failure.kind === 'error-reply' ? refused.error : exec.error;
  }
  const { reply, ms } = exec;
  if (!Array.isArray(reply) || reply.length !== count) {
    throw noReply(to, { code: 'broken-reply', seen: `EXEC answered ${JSON.stringify(reply)?.slice(0, 200)}` }, true);
  }
  return reply.map((each: unknown): CallOutcome =>
    each instanceof Error ? { ok: false, error: errorReply(to, each.message), ms } : { ok: true, reply: each, ms },
  );
}

/** The awaited, or a rejection with the signal's reason; what was sent is not called back. */
function untilAborted<T>(awaited: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return awaited;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortReason(signal));
    signal.addEventListener('abort', abort, { once: true });
    awaited.then(
      (value) => {
        signal.removeEventListener('abort', abort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', abort);
        reject(error instanceof Error ? error : new Error('a call failed', { cause: error }));
      },
    );
  });
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
}
