import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlanId } from '@slotdeck/model/ids';
import { Plan } from '@slotdeck/model/plan';

/** Writes a plan down, to be run later. */
export function keepPlan(folder: string, plan: Plan): void {
  mkdirSync(join(folder, 'plans'), { recursive: true, mode: 0o700 });
  const path = pathOf(folder, plan.id);
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(plan), { mode: 0o600 });
  renameSync(`${path}.${process.pid}`, path);
}

/** Null: there is none of that name. */
export function keptPlan(folder: string, id: string | undefined): Plan | null {
  const known = PlanId.safeParse(id);
  if (!known.success || !existsSync(pathOf(folder, known.data))) return null;
  return Plan.parse(JSON.parse(readFileSync(pathOf(folder, known.data), 'utf8')));
}

function pathOf(folder: string, id: PlanId): string {
  return join(folder, 'plans', `${id}.json`);
}
