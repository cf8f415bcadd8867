/** A node that is to be given a role, in the order in which it was named. */
export interface Place {
  readonly key: string;
  /** What fails as a whole: a host, a rack, an availability zone. */
  readonly zone: string;
}

export interface Placement {
  /** In the order in which they were named. */
  readonly primaries: readonly string[];
  readonly replicas: readonly { readonly key: string; readonly primary: string }[];
  /** Replicas in the zone of their own primary; as few as there can be. */
  readonly sameZone: readonly string[];
  /** The zone with most primaries, and how many. */
  readonly fullest: { readonly zone: string; readonly primaries: number };
  /** Replicas beyond the wanted number per primary. */
  readonly extra: number;
}

/**
 * Who becomes a primary, and whom each of the others follows. The same nodes in the same order always give the same answer, and a
 * replica stands in the zone of its primary only where no arrangement of these nodes avoids it.
 *
 * The reasoning: with P primaries, R = N − P replicas, n the nodes of a zone, p its primaries and d the replicas that these need, the
 * replicas can be given to primaries of other zones exactly when for every zone (n − p) + d ≤ R (a transport without its diagonal).
 * At most one zone can be beyond that, and by how much is the number of replicas that must stay with their own.
 */
export function placeNodes(places: readonly Place[], replicasEach: number): Placement {
  const primaries = Math.floor(places.length / (replicasEach + 1));
  const tried = orders(places).map((order) => arrange(places, { order, primaries, replicasEach }));
  const [best] = tried.toSorted((a, b) => a.sameZone.length - b.sameZone.length);
  if (best === undefined) throw new RangeError('there are no nodes to place');
  return best;
}

interface Zone {
  readonly name: string;
  readonly nodes: readonly string[];
}

/** The zones in the orders in which they are given primaries: as they were named, and with the smallest first. */
function orders(places: readonly Place[]): Zone[][] {
  const byName = new Map<string, string[]>();
  for (const { key, zone } of places) {
    const nodes = byName.get(zone);
    if (nodes === undefined) byName.set(zone, [key]);
    else nodes.push(key);
  }
  const named = [...byName].map(([name, nodes]): Zone => ({ name, nodes }));
  return [named, named.toSorted((a, b) => a.nodes.length - b.nodes.length)];
}

interface Wanted {
  readonly order: readonly Zone[];
  readonly primaries: number;
  readonly replicasEach: number;
}

function arrange(places: readonly Place[], { order, primaries, replicasEach }: Wanted): Placement {
  const replicas = places.length - primaries;
  const extra = replicas - primaries * replicasEach;
  const counts = primariesPerZone(order, { primaries, replicasEach, replicas });
  const zoneOf = new Map(places.map(({ key, zone }) => [key, zone]));
  const chosen = new Set(order.flatMap(({ name, nodes }) => nodes.slice(0, counts.get(name) ?? 0)));
  const primary = places.filter(({ key }) => chosen.has(key));
  const needs = needsOf(primary, { order, counts, replicasEach, replicas, extra });
  const followers = assign(
    places.filter(({ key }) => !chosen.has(key)),
    primary,
    needs,
  );
  const [zone, most] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ['', 0];
  return {
    primaries: primary.map(({ key }) => key),
    replicas: followers,
    sameZone: followers.flatMap(({ key, primary: of }) => (zoneOf.get(key) === zoneOf.get(of) ? [key] : [])),
    fullest: { zone, primaries: most },
    extra,
  };
}

/** One primary after the other, zone by zone, as long as the zone's replicas can still be given away; beyond that only at the end. */
function primariesPerZone(
  order: readonly Zone[],
  { primaries, replicasEach, replicas }: { primaries: number; replicasEach: number; replicas: number },
): Map<string, number> {
  const counts = new Map(order.map(({ name }) => [name, 0]));
  const cap = ({ nodes }: Zone): number => {
    const own = nodes.length;
    if (replicasEach < 2) return own > replicas && replicasEach === 1 ? 0 : own;
    return Math.max(0, Math.min(own, Math.floor((replicas - own) / (replicasEach - 1))));
  };
  let left = primaries;
  for (const limit of [cap, ({ nodes }: Zone) => nodes.length]) {
    for (let given = -1; given !== 0 && left > 0;) {
      given = 0;
      for (const zone of order) {
        const has = counts.get(zone.name) ?? 0;
        if (left === 0 || has >= limit(zone)) continue;
        counts.set(zone.name, has + 1);
        left -= 1;
        given += 1;
      }
    }
  }
  return counts;
}

/** How many replicas each primary gets; those left over go where they can be taken from another zone. */
function needsOf(
  primary: readonly Place[],
  {
    order,
    counts,
    replicasEach,
    replicas,
    extra,
  }: {
    order: readonly Zone[];
    counts: ReadonlyMap<string, number>;
    replicasEach: number;
    replicas: number;
    extra: number;
  },
): Map<string, number> {
  const needs = new Map(primary.map(({ key }) => [key, replicasEach]));
  const slack = new Map(
    order.map(({ name, nodes }) => [name, replicas - nodes.length - (replicasEach - 1) * (counts.get(name) ?? 0)]),
  );
  for (let more = 0; more < extra; more += 1) {
    const rank = ({ key, zone }: Place): readonly [number, number] => [
      (slack.get(zone) ?? 0) > 0 ? 0 : 1,
      needs.get(key) ?? 0,
    ];
    const [taker] = primary.toSorted((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
    if (taker === undefined) break;
    needs.set(taker.key, (needs.get(taker.key) ?? 0) + 1);
    slack.set(taker.zone, (slack.get(taker.zone) ?? 0) - 1);
  }
  return needs;
}

/**
 * Gives each replica its primary. A zone is tight when its replicas and the needs of its primaries together are all that is left: from
 * then on every pair must take from it. There are never more than two tight zones, so a pair that serves them all can be found.
 */
function assign(
  replicas: readonly Place[],
  primaries: readonly Place[],
  needed: ReadonlyMap<string, number>,
): { key: string; primary: string }[] {
  const free = new Map<string, string[]>();
  for (const { key, zone } of replicas) free.set(zone, [...(free.get(zone) ?? []), key]);
  const needs = new Map(needed);
  const needOf = new Map<string, number>();
  for (const { key, zone } of primaries) needOf.set(zone, (needOf.get(zone) ?? 0) + (needs.get(key) ?? 0));
  const taken = new Map<string, Map<string, number>>(primaries.map(({ key }) => [key, new Map()]));
  const pairs: { key: string; primary: string }[] = [];
  const freeIn = (zone: string): number => free.get(zone)?.length ?? 0;
  const zones = [...new Set([...replicas, ...primaries].map(({ zone }) => zone))];

  const pair = (primary: Place, zone: string): void => {
    const key = free.get(zone)?.shift();
    if (key === undefined) throw new Error(`no replica is left in ${zone}`);
    pairs.push({ key, primary: primary.key });
    needs.set(primary.key, (needs.get(primary.key) ?? 0) - 1);
    needOf.set(primary.zone, (needOf.get(primary.zone) ?? 0) - 1);
    const from = taken.get(primary.key);
    from?.set(zone, (from.get(zone) ?? 0) + 1);
  };

  /** Whoever has fewest replicas comes first, so that everybody has one before anybody has two. */
  const waiting = (): Place[] =>
    primaries.filter(({ key }) => (needs.get(key) ?? 0) > 0).toSorted((a, b) => has(a) - has(b));
  const has = ({ key }: Place): number => (needed.get(key) ?? 0) - (needs.get(key) ?? 0);

  for (let left = replicas.length; left > 0; left -= 1) {
    const load = (zone: string): number => freeIn(zone) + (needOf.get(zone) ?? 0);
    const beyond = zones.find((zone) => load(zone) > left);
    const tight = zones.filter((zone) => load(zone) === left);
    let found: { primary: Place; zone: string } | null = null;
    for (const primary of waiting()) {
      if (beyond !== undefined) {
        if (primary.zone === beyond) found = { primary, zone: beyond };
      } else {
        const zone = bestZone(primary);
        if (zone !== null) found = { primary, zone };
      }
      if (found !== null) break;
    }
    if (found === null) throw new Error('the replicas cannot be placed');
    pair(found.primary, found.zone);

    function bestZone(primary: Place): string | null {
      const had = taken.get(primary.key);
      const fits = zones.filter(
        (zone) =>
          zone !== primary.zone && freeIn(zone) > 0 && tight.every((each) => each === zone || each === primary.zone),
      );
      const [best] = fits.toSorted((a, b) => (had?.get(a) ?? 0) - (had?.get(b) ?? 0) || freeIn(b) - freeIn(a));
      return best ?? null;
    }
  }
  return pairs;
}
