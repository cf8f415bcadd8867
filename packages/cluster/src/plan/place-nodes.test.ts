import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeNodes, type Place } from './place-nodes.ts';

const placesOf = (zones: string): Place[] => [...zones].map((zone, at) => ({ key: `n${at}`, zone }));

/** The fewest replicas in the zone of their primary over every arrangement there is. */
function fewestSameZone(places: readonly Place[], replicasEach: number): number {
  const primaries = Math.floor(places.length / (replicasEach + 1));
  const zones = places.map(({ zone }) => zone);
  let fewest = Number.POSITIVE_INFINITY;
  const choose = (at: number, chosen: number[]): void => {
    if (chosen.length === primaries) {
      const rest = zones.map((_, index) => index).filter((index) => !chosen.includes(index));
      fewest = Math.min(fewest, give(rest, new Map(chosen.map((index) => [index, 0]))));
      return;
    }
    for (let next = at; next < zones.length; next += 1) choose(next + 1, [...chosen, next]);
  };
  const give = (rest: readonly number[], counts: ReadonlyMap<number, number>): number => {
    const [replica, ...others] = rest;
    const lacking = [...counts.values()].reduce((sum, count) => sum + Math.max(0, replicasEach - count), 0);
    if (lacking > rest.length) return Number.POSITIVE_INFINITY;
    if (replica === undefined) return 0;
    return Math.min(
      ...[...counts].map(
        ([primary, count]) =>
          (zones[primary] === zones[replica] ? 1 : 0) + give(others, new Map([...counts, [primary, count + 1]])),
      ),
    );
  };
  choose(0, []);
  return fewest;
}

describe('where the nodes of a new cluster go', () => {
  test('six nodes on three hosts: each host gets a primary and the replica of another', () => {
    const placement = placeNodes(placesOf('aabbcc'), 1);
    expect(placement.primaries).toEqual(['n0', 'n2', 'n4']);
    expect(placement.sameZone).toEqual([]);
    expect(placement.fullest.primaries).toBe(1);
  });

  test('on one host every replica stands beside its primary, and that is said', () => {
    const placement = placeNodes(placesOf('aaaaaa'), 1);
    expect(placement.sameZone).toHaveLength(3);
    expect(placement.primaries).toEqual(['n0', 'n1', 'n2']);
  });

  test('two replicas of one primary stand apart from each other where there are zones enough', () => {
    const zones = new Map(placesOf('aaabbbccc').map(({ key, zone }) => [key, zone]));
    const placement = placeNodes(placesOf('aaabbbccc'), 2);
    for (const primary of placement.primaries) {
      const own = placement.replicas.filter((each) => each.primary === primary).map(({ key }) => zones.get(key));
      expect(new Set([...own, zones.get(primary)]).size).toBe(3);
    }
  });

  test('nodes beyond an even number become additional replicas of different primaries', () => {
    const placement = placeNodes(placesOf('abcdefgh'), 2);
    expect(placement).toMatchObject({ extra: 2 });
    const counts = placement.primaries.map(
      (each) => placement.replicas.filter(({ primary }) => primary === each).length,
    );
    expect(counts).toEqual([3, 3]);
  });

  test('a replica stands with its primary only when no arrangement avoids it, for every small set of nodes', () => {
    const nodes = fc.integer({ min: 1, max: 7 });
    const zones = nodes.chain((count) =>
      fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: count, maxLength: count }),
    );
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 3 }), (names, replicas) => {
        fc.pre(names.length > replicas);
        const places = placesOf(names.join(''));
        const placement = placeNodes(places, replicas);
        expect(placement.sameZone.length).toBe(fewestSameZone(places, replicas));
      }),
      { numRuns: 300 },
    );
  });

  test('everybody gets one role, every primary its replicas, and the same question the same answer', () => {
    const zones = fc.array(fc.integer({ min: 0, max: 12 }).map(String), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 5 }), (names, replicas) => {
        fc.pre(names.length > replicas);
        const places = names.map((zone, at) => ({ key: `n${at}`, zone }));
        const placement = placeNodes(places, replicas);
        const all = [...placement.primaries, ...placement.replicas.map(({ key }) => key)];
        expect(all.toSorted()).toEqual(places.map(({ key }) => key).toSorted());
        for (const primary of placement.primaries) {
          const own = placement.replicas.filter((each) => each.primary === primary);
          expect(own.length).toBeGreaterThanOrEqual(replicas);
        }
        expect(placeNodes(places, replicas)).toEqual(placement);
      }),
      { numRuns: 300 },
    );
  });
});
