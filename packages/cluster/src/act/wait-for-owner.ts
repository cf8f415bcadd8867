import type { Clock } from '@slotdeck/model/clock';
import type { NodeId } from '@slotdeck/model/ids';
import { minusSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { ClusterMember } from './act-context.ts';
import type { CommandSender } from './command-sender.ts';
import { lookAt, slotsInView, type MemberView } from './look.ts';

/** Gossip after a hand-over is a matter of milliseconds; asking slower costs more time than it saves. */
export const FIRST_REST_MS = 2;
const LONGEST_REST_MS = 100;

export function nextRest(rest: number): number {
  return Math.min(LONGEST_REST_MS, rest * 1.5);
}

export interface OwnerWait {
  readonly owner: NodeId;
  readonly slots: SlotRanges;
  readonly witnesses: readonly ClusterMember[];
  readonly timeoutMs: number;
  /** Enough when this many have heard; all of them when absent. */
  readonly enough?: number;
}

export interface OwnerKnowledge {
  readonly heard: readonly ClusterMember[];
  /** As they answered last: without the slots under their owner, or not at all. */
  readonly lacking: readonly MemberView[];
}

/** Asks until the witnesses show the slots under their owner, or the time is over. Only those who lack it are asked again. */
export async function waitForOwner(
  { owner, slots, witnesses, timeoutMs, enough }: OwnerWait,
  { sender, clock, signal }: { sender: CommandSender; clock: Clock; signal: AbortSignal },
): Promise<OwnerKnowledge> {
  const end = clock.monotonic() + timeoutMs;
  const heard: ClusterMember[] = [];
  let waiting = witnesses;
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    const sight = await lookAt(sender, waiting);
    const lacking: MemberView[] = [];
    for (const view of sight.views.values()) {
      const shows = view.state === 'answered' && minusSlots(slots, slotsInView(view, owner)).length === 0;
      if (shows) heard.push(view.member);
      else lacking.push(view);
    }
    if (lacking.length === 0 || heard.length >= (enough ?? Infinity) || clock.monotonic() >= end)
      return { heard, lacking };
    waiting = lacking.map((view) => view.member);
    await clock.sleep(rest, signal);
  }
}
