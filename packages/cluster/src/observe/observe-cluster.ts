import type { Clock } from '@slotdeck/model/clock';
import type { NodeId } from '@slotdeck/model/ids';
import type { KnownLines } from '../commands/cluster-nodes.ts';
import { printAddress } from '../connection/node-address.ts';
import type { NodeAddress, NodeCalls } from '../connection/node-calls.ts';
import { askNode, type ViewDepth } from './ask-node.ts';
import { sortByMembership, type AnsweredView, type Stranger } from './membership.ts';
import type { NodeView } from './node-view.ts';

export interface KnownMember {
  readonly id: NodeId;
  readonly address: NodeAddress;
}

export interface ObserverOptions {
  readonly calls: NodeCalls;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly seeds: readonly NodeAddress[];
  /** Nodes known from earlier, for instance from before a restart: they are asked too, and tell our cluster from another. */
  readonly known?: readonly KnownMember[];
}

export interface RoundOptions {
  /** Default `full`. */
  readonly depth?: ViewDepth;
  /** The round ends then with what there is; a node that has not answered keeps its last view. Default: when all have answered or failed. */
  readonly deadlineMs?: number;
  /** For each reply; the connection's own time when absent. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Observation {
  /** One view per node of our cluster that has an address, and one per seed that never answered. */
  readonly views: readonly NodeView[];
  readonly strangers: readonly Stranger[];
  /** Members after this round, to be kept over restarts. */
  readonly members: readonly KnownMember[];
}

export interface Observer {
  /** Asks every node once. Rounds may overlap: a node that still owes an answer is not asked again. */
  round(options?: RoundOptions): Promise<Observation>;
}

/** One look at the whole cluster. @see createObserver for looking again and again. */
export function observeCluster({
  depth,
  deadlineMs,
  timeoutMs,
  signal,
  ...options
}: ObserverOptions & RoundOptions): Promise<Observation> {
  return createObserver(options).round({
    ...(depth === undefined ? {} : { depth }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Lines kept for reuse. Far above what a cluster at rest needs; a cluster that changes all the time starts over now and then. */
const MOST_KNOWN_LINES = 50_000;

type Silent = Extract<NodeView, { state: 'silent' }>;
type Ask = { readonly address: NodeAddress; readonly expected: NodeId | null };

/** An observer remembers between its rounds who is a member, where each node answered, and what INFO said last. */
export function createObserver({ calls, clock, seeds, known = [] }: ObserverOptions): Observer {
  const members = new Map<NodeId, NodeAddress>(known.map(({ id, address }) => [id, address]));
  /** Where a node answered, when that is not where it says it is: a seed by another name. */
  const answeredAt = new Map<NodeId, NodeAddress>();
  const lastViews = new Map<NodeId, NodeView>();
  const underWay = new Map<string, Promise<NodeView>>();
  const lines: KnownLines = new Map();

  /** Whatever keeps a node from answering is its view; it rejects only when `calls` breaks its own promise. */
  function ask(address: NodeAddress, expected: NodeId | null, options: RoundOptions): Promise<NodeView> {
    const key = printAddress(address);
    const pending = underWay.get(key);
    if (pending !== undefined) return pending;
    const view = askNode(calls, clock, address, {
      depth: options.depth ?? 'full',
      previous: expected === null ? undefined : lastViews.get(expected),
      expectedId: expected,
      known: lines,
      timeoutMs: options.timeoutMs,
    })
      .then((seen) => {
        // A verdict that comes between two rounds is not lost: the next one finds it as the last view.
        if (expected !== null && seen.nodeId === expected && members.has(expected)) lastViews.set(expected, seen);
        return seen;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, view);
    return view;
  }

  async function round(options: RoundOptions = {}): Promise<Observation> {
    options.signal?.throwIfAborted();
    if (lines.size > MOST_KNOWN_LINES) lines.clear();
    const askedKeys = new Set<string>();
    const askedIds = new Set<NodeId>();
    const answers = new Map<string, NodeView>();
    const tally = createTally();
    const asks: Ask[] = [];
    let isOver = false;

    function start(address: NodeAddress, expected: NodeId | null): void {
      const key = printAddress(address);
      if (expected !== null) askedIds.add(expected);
      if (askedKeys.has(key) || isOver) return;
      askedKeys.add(key);
      const view = ask(address, expected, options);
      asks.push({ address, expected });
      tally.begin();
      view.then(
        (answer) => {
          answers.set(key, answer);
          if (answer.state === 'answered') followLines(answer);
          tally.end();
        },
        (error: unknown) => tally.fail(error),
      );
    }

    /** Everybody a member lists is asked too: replicas, nodes without slots, those in handshake and those said to have failed. */
    function followLines(view: AnsweredView): void {
      askedIds.add(view.nodeId);
      if (!belongs(view)) return;
      for (const line of view.lines) {
        if (line.host === '' || line.port === 0 || askedIds.has(line.id)) continue;
        start(answeredAt.get(line.id) ?? line, line.flags.includes('handshake') ? null : line.id);
      }
    }

    function belongs(view: AnsweredView): boolean {
      return members.size === 0 || view.lines.some((line) => members.has(line.id));
    }

    for (const [id, address] of members) start(answeredAt.get(id) ?? address, id);
    // A seed that is a member by another name is asked as that member; the others lead to the cluster when nothing else does.
    const aliases = new Set([...answeredAt.values()].map(printAddress));
    for (const seed of seeds) {
      const isNeeded = members.size === 0 || options.depth !== 'map' || lastViews.size === 0;
      if (isNeeded && !aliases.has(printAddress(seed))) start(seed, null);
    }
    try {
      await tally.idle(options.deadlineMs, options.signal);
    } finally {
      isOver = true;
    }
    return conclude(asks, answers);
  }

  function conclude(asks: readonly Ask[], answers: ReadonlyMap<string, NodeView>): Observation {
    const at = clock.now();
    const views = asks.map((asked): NodeView => {
      const answer = answers.get(printAddress(asked.address));
      const last = asked.expected === null ? undefined : lastViews.get(asked.expected);
      return answer ?? last ?? { state: 'silent', address: asked.address, nodeId: asked.expected, at, problem: notYet };
    });
    const answered = views.filter((view) => view.state === 'answered');
    const { members: ours, others } = sortByMembership(onePerNode(answered), new Set(members.keys()));
    learnMembers(ours);
    const answeredIds = new Set(ours.map((view) => view.nodeId));
    const silent = silentViews(asks, views, answeredIds);
    const strangers = others.flatMap((view): Stranger[] => strangerOf(view));
    for (const view of [...ours, ...silent]) if (view.nodeId !== null) lastViews.set(view.nodeId, view);
    for (const id of lastViews.keys()) if (!members.has(id)) lastViews.delete(id);
    return {
      views: [...ours, ...silent],
      strangers,
      members: [...members].map(([id, address]) => ({ id, address })),
    };
  }

  /** A member is who is in the inventory and still listed by somebody; when nobody answers, nobody is forgotten. */
  function learnMembers(ours: readonly AnsweredView[]): void {
    if (ours.length === 0) return;
    const listed = new Map<NodeId, NodeAddress>();
    for (const view of ours) {
      for (const line of view.lines) {
        if (line.flags.includes('handshake') && !line.isMyself) continue;
        // Its own word on where it is counts more than what others have heard.
        if (listed.has(line.id) && !line.isMyself) continue;
        const place = line.host === '' || line.port === 0 ? members.get(line.id) : { host: line.host, port: line.port };
        if (place !== undefined) listed.set(line.id, place);
      }
      const own = listed.get(view.nodeId);
      if (own !== undefined && printAddress(own) !== printAddress(view.address))
        answeredAt.set(view.nodeId, view.address);
      else answeredAt.delete(view.nodeId);
    }
    members.clear();
    for (const [id, address] of listed) members.set(id, address);
  }

  /** A member that did not answer, or at whose address somebody else does; and seeds nobody answers at, as long as nobody is known. */
  function silentViews(asks: readonly Ask[], views: readonly NodeView[], answered: ReadonlySet<NodeId>): Silent[] {
    const silent: Silent[] = [];
    asks.forEach((asked, at) => {
      const view = views[at];
      const id = asked.expected;
      if (view === undefined || (id !== null && (answered.has(id) || !members.has(id)))) return;
      if (view.state === 'silent') {
        if (id === null && answered.size > 0) return;
        // What answered by another name last time is looked for where it says it is next time.
        if (id !== null) answeredAt.delete(id);
        silent.push({ ...view, nodeId: id });
      } else if (id !== null) {
        const problem = { code: 'other-error', seen: `another node answers there: ${view.nodeId}` } as const;
        silent.push({ state: 'silent', address: asked.address, nodeId: id, at: view.at, problem });
      }
    });
    return silent;
  }

  function strangerOf(view: AnsweredView): Stranger[] {
    const place = printAddress(view.address);
    const inPlaceOf = [...members].find(([, address]) => printAddress(address) === place)?.[0] ?? null;
    const isSeed = seeds.some((seed) => printAddress(seed) === place);
    // At any other address it was met in a handshake, which is a finding of its own.
    if (inPlaceOf === null && !isSeed) return [];
    return [{ address: view.address, nodeId: view.nodeId, knownNodes: view.lines.length, inPlaceOf }];
  }

  return { round };
}

const notYet = { code: 'timeout', seen: 'no answer yet' } as const;

/** The same node may have been asked under two addresses; the first answer stands. */
function onePerNode(views: readonly AnsweredView[]): AnsweredView[] {
  const byId = new Map<NodeId, AnsweredView>();
  for (const view of views) if (!byId.has(view.nodeId)) byId.set(view.nodeId, view);
  return [...byId.values()];
}

interface Tally {
  begin(): void;
  end(): void;
  /** Something that must not happen has happened: whoever waits is told. */
  fail(error: unknown): void;
  /** Resolves when nothing is under way any more, or at the deadline; rejects with a failure or the signal's reason. */
  idle(deadlineMs: number | undefined, signal?: AbortSignal): Promise<void>;
}

/** Counts what is under way, also what is added meanwhile. */
function createTally(): Tally {
  let count = 0;
  let failure: { readonly error: unknown } | null = null;
  let onChange: () => void = () => undefined;
  return {
    begin() {
      count += 1;
    },
    end() {
      count -= 1;
      onChange();
    },
    fail(error) {
      count -= 1;
      failure ??= { error };
      onChange();
    },
    idle(deadlineMs, signal) {
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          onChange = () => undefined;
        };
        const finish = (): void => {
          leave();
          resolve();
        };
        const refuse = (reason: unknown): void => {
          leave();
          reject(reason instanceof Error ? reason : new Error('the look was given up', { cause: reason }));
        };
        const abort = (): void => refuse(signal?.reason);
        const timer = deadlineMs === undefined ? undefined : setTimeout(finish, deadlineMs);
        signal?.addEventListener('abort', abort, { once: true });
        onChange = () => {
          if (failure !== null) refuse(failure.error);
          else if (count === 0) finish();
        };
        onChange();
      });
    },
  };
}
