import type { ClusterId } from '@slotdeck/model/ids';

/** One at a time per cluster, in the order of asking. */
export interface Turns {
  take<T>(cluster: ClusterId, work: () => Promise<T>): Promise<T>;
}

/**
 * For hand-overs: each raises the cluster's epoch by a bystander, which strengthens every claim of that node. Were it the source of
 * another hand-over that it has not heard of yet, it would win its slots back.
 */
export function createTurns(): Turns {
  const last = new Map<ClusterId, Promise<void>>();
  return {
    take(cluster, work) {
      const mine = (last.get(cluster) ?? Promise.resolve()).then(work);
      // A failure is its own; whoever comes next has its turn all the same.
      const over = (): void => undefined;
      last.set(cluster, mine.then(over, over));
      return mine;
    },
  };
}
