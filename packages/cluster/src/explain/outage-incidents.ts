import type { Incident } from '@slotdeck/model/incident';
import { failoverIncident, promotionStory } from './failover-incidents.ts';
import type { History } from './history.ts';
import { inOrder, otherCauses, outageStory } from './outage-story.ts';
import type { Outage } from './outages.ts';
import type { Promotion, VainAttempt } from './promotions.ts';
import { inferred, told } from './remark.ts';

export interface ToldOutage {
  readonly outage: Outage;
  readonly promotion: Promotion | null;
  readonly vain: readonly VainAttempt[];
}

/** Nodes that went on writing while the others held them for failed, with the promotions that came of it. */
export function partitionIncident(history: History, parts: readonly ToldOutage[]): Incident {
  const outages = parts.map(({ outage }) => outage);
  const promotions = parts.flatMap(({ promotion }) => (promotion === null ? [] : [promotion]));
  const failovers = parts.flatMap(({ promotion, outage, vain }) =>
    promotion === null ? [] : [failoverIncident(history, promotion, outage, vain)],
  );
  const from = Math.min(...outages.map((outage) => outage.suspicions[0]?.at ?? outage.from));
  const ends = outages.map(({ to }) => to);
  const story = [
    ...outages.flatMap((outage) => outageStory(history, outage)),
    ...promotions.flatMap((promotion) => promotionStory(history, promotion)),
    ...parts.flatMap(({ vain }) => vain.flatMap(({ own, denied }) => [...own, ...denied].map(told))),
    inferred(
      'minority-side',
      null,
      outages.flatMap(({ ownWords }) => ownWords.slice(0, 1)),
      { nodes: outages.map(({ node }) => node) },
      from,
    ),
  ];
  const windows = failovers.flatMap(({ unavailable }) => (unavailable === null ? [] : [unavailable]));
  return {
    id: `partition-${outages[0]?.node.slice(0, 8)}-${Math.round(outages[0]?.from ?? from)}`,
    kind: 'partition',
    from,
    to: ends.includes(null) ? null : Math.max(...ends.map((to) => to ?? 0)),
    nodes: [
      ...outages.map(({ node }) => ({ node, part: 'isolated' as const })),
      ...failovers.flatMap(({ nodes }) => nodes.filter(({ part }) => part !== 'old-primary')),
    ],
    epoch: promotions.at(-1)?.epoch ?? null,
    unavailable: windows[0] ?? null,
    story: inOrder(story),
    otherwise: [],
  };
}

/** A node that failed, with nobody in its place. */
export function lossIncident(history: History, outage: Outage, vain: readonly VainAttempt[]): Incident {
  const { node, from, to, marks } = outage;
  const { role, isCertain } = roleOf(history, outage);
  const story = [
    ...outageStory(history, outage),
    ...vain.flatMap(({ own, denied, granted }) => [...own, ...denied, ...granted].map(told)),
    ...(isCertain ? [] : [inferred('role-guessed', node, marks.slice(0, 1), { role })]),
  ];
  if (role === 'primary') story.push(inferred('nobody-took-its-place', node, marks.slice(0, 1)));
  return {
    id: `${role}-lost-${node.slice(0, 8)}-${Math.round(from)}`,
    kind: role === 'primary' ? 'primary-lost' : 'replica-lost',
    from: outage.suspicions[0]?.at ?? from,
    to,
    nodes: [{ node, part: 'lost' }, ...vain.map((each) => ({ node: each.node, part: 'candidate' as const }))],
    epoch: null,
    unavailable: role === 'primary' ? { from: outage.suspicions[0]?.at ?? from, to, certainty: 'inferred' } : null,
    story: inOrder(story),
    otherwise: otherCauses(outage),
  };
}

/** By its own word; by how it was taken back; by what others said of it; else by whether slots were missed. */
function roleOf(
  history: History,
  { node, from, to, clears }: Outage,
): { role: 'primary' | 'replica'; isCertain: boolean } {
  const own = history.roleAt(node, from);
  if (own !== null) return { role: own, isCertain: true };
  const words = clears.map(({ fields }) => String(fields['what'] ?? ''));
  if (words.some((what) => what === 'replica' || what === 'slave')) return { role: 'replica', isCertain: true };
  if (clears.some(({ code }) => code === 'fail-cleared-unserved')) return { role: 'primary', isCertain: true };
  const followed = history.remarks.findLast(
    ({ code, fields, at }) =>
      at <= from &&
      (fields['node'] === node || fields['of'] === node) &&
      (code === 'node-is-replica' || code === 'became-replica'),
  );
  if (followed !== undefined)
    return { role: followed.fields['node'] === node ? 'replica' : 'primary', isCertain: true };
  const missed = history.remarks.some(
    ({ code, fields, at }) =>
      code === 'cluster-state-changed' && fields['state'] === 'fail' && at >= from - 500 && at <= (to ?? history.until),
  );
  return { role: missed ? 'primary' : 'replica', isCertain: false };
}

/** So many losses of one node, each so soon after the one before, are one trouble. */
const FLAPS = 3;
const FLAP_MS = 120_000;

export function mergeFlapping(losses: readonly Incident[]): Incident[] {
  const byNode = new Map<string, Incident[]>();
  for (const loss of losses) {
    const node = loss.nodes.find(({ part }) => part === 'lost')?.node ?? loss.id;
    byNode.set(node, [...(byNode.get(node) ?? []), loss]);
  }
  return [...byNode].flatMap(([node, own]) => {
    const runs: Incident[][] = [];
    for (const loss of own) {
      const run = runs.at(-1);
      const last = run?.at(-1);
      if (run !== undefined && last !== undefined && last.to !== null && loss.from - last.to < FLAP_MS) run.push(loss);
      else runs.push([loss]);
    }
    return runs.flatMap((run): Incident[] => {
      const [first] = run;
      const last = run.at(-1);
      if (first === undefined || last === undefined || run.length < FLAPS) return run;
      return [
        {
          ...first,
          id: `node-flapping-${node.slice(0, 8)}-${Math.round(first.from)}`,
          kind: 'node-flapping',
          to: last.to,
          nodes: [{ node, part: 'subject' }],
          story: inOrder(run.flatMap(({ story }) => story)),
          otherwise: run.flatMap(({ otherwise }) => otherwise).slice(0, 3),
        },
      ];
    });
  });
}
