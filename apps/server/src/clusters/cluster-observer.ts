import type { NodeAddress, NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import { diagnose, type Diagnosis } from '@slotdeck/cluster/diagnose/diagnose';
import { mergeViews } from '@slotdeck/cluster/observe/merge-views';
import type { NodeView } from '@slotdeck/cluster/observe/node-view';
import { createObserver, type KnownMember, type Observation } from '@slotdeck/cluster/observe/observe-cluster';
import { statsFromViews } from '@slotdeck/cluster/observe/stats-from-views';
import type { Clock } from '@slotdeck/model/clock';
import type { ClusterId } from '@slotdeck/model/ids';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import { healthOf, nothingSeen, whyNobodyAnswers, type ObservedState } from './observed-state.ts';

export interface ObserverParts {
  clusterId: ClusterId;
  calls: NodeCalls;
  clock: Clock;
  seeds: readonly NodeAddress[];
  known: readonly KnownMember[];
  /** Milliseconds between looks at a cluster at rest. */
  everyMs: number;
  /** Slots that a running operation of ours has open on purpose. */
  ownOpenSlots: () => SlotRanges;
  /** After each round, before the next one. */
  onRound: (round: RoundResult) => void;
  /** A round failed in a way nobody foresaw; the next one is tried all the same. */
  onFault: (error: unknown) => void;
}

export interface RoundResult {
  before: ObservedState;
  now: ObservedState;
  members: readonly KnownMember[];
  /** Whether INFO was asked too, so that the live numbers are new. */
  isFull: boolean;
  durationMs: number;
}

/**
 * The one who asks, whatever the number of viewers. Rounds follow each other and never overlap: a map round (CLUSTER NODES) at
 * each beat, a full one (INFO too) each second; for some seconds after a change the beats come faster.
 */
export interface ClusterObserver {
  readonly state: ObservedState;
  /** A full round that begins after this call; waits for slow nodes longer than the beat does. */
  lookNow(): Promise<ObservedState>;
  stop(): Promise<void>;
}

const FULL_EVERY_MS = 1_000;
const FAST_MS = 200;
const FAST_FOR_MS = 5_000;
/** A node that has not answered within this time is shown as it was; its answer, or its time-out, counts in a later round. */
const ROUND_DEADLINE_MS = 400;
/** While somebody keeps the rounds waiting, what the others say must not come late each time. */
const LATE_DEADLINE_MS = 150;
/** A look somebody waits for: longer than the connections' own time-out, so that a hanging node has its verdict. */
const LOOK_DEADLINE_MS = 2_500;

export function startObserver(parts: ObserverParts): ClusterObserver {
  const { clock, calls, seeds, known, clusterId } = parts;
  const observer = createObserver({ calls, clock, seeds, known });
  const stopping = new AbortController();
  let state: ObservedState = nothingSeen;
  let diagnosis: Diagnosis | null = null;
  let fullViews: readonly NodeView[] = [];
  let lastFullAt = Number.NEGATIVE_INFINITY;
  let fastUntil = Number.NEGATIVE_INFINITY;
  let waiting: { resolve: (state: ObservedState) => void; reject: (error: unknown) => void }[] = [];
  let pause = new AbortController();
  let deadlineMs = ROUND_DEADLINE_MS;

  async function round(): Promise<void> {
    const served = waiting;
    waiting = [];
    const begun = clock.monotonic();
    const isFull = served.length > 0 || begun - lastFullAt >= FULL_EVERY_MS;
    if (isFull) lastFullAt = begun;
    try {
      const seen = await observer.round({
        depth: isFull ? 'full' : 'map',
        deadlineMs: served.length > 0 ? LOOK_DEADLINE_MS : deadlineMs,
        signal: stopping.signal,
      });
      const before = state;
      state = digest(seen, isFull);
      if (before.topology !== state.topology && before.topology !== null) fastUntil = clock.monotonic() + FAST_FOR_MS;
      const durationMs = clock.monotonic() - begun;
      deadlineMs = durationMs >= deadlineMs ? LATE_DEADLINE_MS : ROUND_DEADLINE_MS;
      parts.onRound({ before, now: state, members: seen.members, isFull, durationMs });
      for (const { resolve } of served) resolve(state);
    } catch (error) {
      for (const { reject } of served) reject(error);
      throw error;
    }
  }

  function digest({ views, strangers }: Observation, isFull: boolean): ObservedState {
    const now = clock.now();
    const topology = mergeViews(views, { clusterId, previous: state.topology, now });
    diagnosis = diagnose(topology, { now, previous: diagnosis, ownOpenSlots: parts.ownOpenSlots(), strangers });
    const health = healthOf(topology, diagnosis.findings);
    const stats = isFull ? statsFromViews(fullViews, views) : state.stats;
    if (isFull) fullViews = views;
    return {
      topology,
      findings: diagnosis.findings,
      stats,
      views,
      observedAt: now,
      lastSeenAt: topology.answered > 0 ? now : state.lastSeenAt,
      health,
      healthSince: health === state.health && state.healthSince !== null ? state.healthSince : now,
      problem: whyNobodyAnswers(views),
    };
  }

  async function rest(ms: number): Promise<void> {
    if (waiting.length > 0 || ms <= 0 || stopping.signal.aborted) return;
    pause = new AbortController();
    try {
      await clock.sleep(ms, pause.signal);
    } catch (error) {
      // Woken because somebody wants a look, or because it is over.
      if (!pause.signal.aborted) throw error;
    }
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      const begun = clock.monotonic();
      try {
        await round();
      } catch (error) {
        if (stopping.signal.aborted) break;
        // One bad round must not blind the console for good.
        parts.onFault(error);
      }
      const every = clock.monotonic() < fastUntil ? Math.min(FAST_MS, parts.everyMs) : parts.everyMs;
      await rest(begun + every - clock.monotonic());
    }
    for (const { reject } of waiting) reject(new Error('the observer was stopped'));
    waiting = [];
  }

  // A clock that fails is all that can end it early; `stop` then tells it.
  const working = work().then(
    () => null,
    (error: unknown) => ({ error }),
  );

  return {
    get state() {
      return state;
    },
    lookNow: () =>
      new Promise((resolve, reject) => {
        if (stopping.signal.aborted) reject(new Error('the observer was stopped'));
        else {
          waiting.push({ resolve, reject });
          pause.abort();
        }
      }),
    async stop() {
      stopping.abort();
      pause.abort();
      const failure = await working;
      if (failure !== null) throw failure.error;
    },
  };
}

/** The topology of a look, for whoever cannot go on without one. */
export function topologyOf(state: ObservedState): Topology | null {
  return state.topology !== null && state.topology.answered > 0 ? state.topology : null;
}
