import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import { printSlotRanges } from '@slotdeck/model/slot-ranges';

const labels: Record<PlanProblem['severity'], string> = { blocker: '[ERR]', warning: '[WARNING]', info: '[NOTE]' };

/** A plan for people, before anything is sent. */
export function planLines(plan: Plan): string[] {
  const names = new Map<string, string>(plan.after.map(({ node, name }) => [node, name]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  return [
    `>>> Plan ${plan.id}: ${plan.kind}`,
    ...plan.moves.map(
      ({ from, to, slots, keys }) =>
        `    Moving slots ${printSlotRanges(slots)} from ${nameOf(from)} to ${nameOf(to)} (${keys ?? '?'} keys)`,
    ),
    ...createLines(plan),
    ...(plan.moves.length === 0 ? plan.steps.map(({ title }) => `    ${title}`) : afterLines(plan)),
    ...plan.problems.map(({ severity, message }) => `${labels[severity]} ${message}`),
  ];
}

/** Who gets what in a new cluster, as redis-cli says it. */
function createLines({ kind, after, commands }: Plan): string[] {
  if (kind !== 'create') return [];
  const names = new Map<string, string>(after.map(({ node, name }) => [node, name]));
  return [
    ...after.map(
      ({ name, slotRanges }, at) =>
        `Master[${at}] -> Slots ${printSlotRanges(slotRanges).replace('-', ' - ')}  ${name}`,
    ),
    ...commands.flatMap(({ node, command, phase }) =>
      phase === 'replicate' ? [`Adding replica ${node} to ${names.get(command[2] ?? '') ?? ''}`] : [],
    ),
  ];
}

function afterLines({ before, after }: Plan): string[] {
  return after.map((share) => {
    const had = before.find(({ node }) => node === share.node)?.slots ?? 0;
    return `    ${share.name}: ${had} -> ${share.slots} slots`;
  });
}
