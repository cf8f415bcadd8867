import { readInteger } from '@slotdeck/cluster/commands/reply-reading';
import { parseAddress } from '@slotdeck/cluster/connection/node-address';
import { lookAtImportSource } from '@slotdeck/cluster/observe/import-source';
import { planImport } from '@slotdeck/cluster/plan/import';
import type { Plan, PlanAsked } from '@slotdeck/model/plan';
import { NO_SLOTS } from '@slotdeck/model/slot-ranges';
import { inputOf } from './moves-input.ts';
import type { PlanOrder, PlanSight, PlanSite } from './plan-site.ts';

/** Looks at the cluster and at the server whose keys are to come, and makes the plan. Null: nothing here can ask that server. */
export async function makeImportPlan(
  site: PlanSite,
  asked: Extract<PlanAsked, { kind: 'import' }>,
  order: PlanOrder,
): Promise<Plan | null> {
  const sight = await site.look();
  const calls = sight.importSource?.(asked.params) ?? null;
  const address = parseAddress(asked.params.from);
  if (calls === null || address === null) return null;
  const [source, databases, input] = await Promise.all([
    lookAtImportSource(calls, address),
    countDatabases(sight),
    inputOf(sight, NO_SLOTS, order),
  ]);
  return planImport({ ...input, params: asked.params, source, databases });
}

/** As few as any primary has. A server that does not know the setting has one. */
async function countDatabases({ topology, calls }: PlanSight): Promise<number> {
  const primaries = topology.nodes.filter(({ role, view }) => role === 'primary' && view.state === 'answered');
  const counts = await Promise.all(
    primaries.map(async (node) => {
      const [outcome] = await calls.pipeline(node, [['CONFIG', 'GET', 'cluster-databases']]);
      const reply: readonly unknown[] = outcome?.ok === true && Array.isArray(outcome.reply) ? outcome.reply : [];
      return readInteger(reply[1]) ?? 1;
    }),
  );
  return Math.min(...counts, Number.MAX_SAFE_INTEGER);
}
