import { z } from 'zod';
import { OperationId, PlanId, type ClusterId } from '@slotdeck/model/ids';
import { Plan } from '@slotdeck/model/plan';
import { jsonColumn } from './json-column.ts';
import type { SqliteFile } from './sqlite-file.ts';

const PlanRow = z.object({ body: jsonColumn(Plan), started_as: OperationId.nullable() });
const PlanHeadRow = z
  .object({
    id: PlanId,
    kind: z.string(),
    created_at: z.number(),
    created_by: z.string(),
    slots: z.number(),
    started_as: OperationId.nullable(),
  })
  .transform((row) => ({
    id: row.id,
    kind: row.kind,
    createdAt: row.created_at,
    createdBy: row.created_by,
    slots: row.slots,
    startedAs: row.started_as,
  }));
export type PlanHead = z.output<typeof PlanHeadRow>;

export interface Plans {
  add(plan: Plan): void;
  get(id: PlanId): { plan: Plan; startedAs: OperationId | null } | null;
  list(clusterId: ClusterId): PlanHead[];
  /** Drops plans that nobody started and that are older than that, or many; reverse plans stay. */
  removeUnused(before: number): number;
}

const LISTED = 200;

/** A plan of a large cluster is some hundred kilobytes, and each look at the wizard's third step makes one. */
const UNUSED_KEPT = 500;

/** Whether a plan was started is read from the operations: there is one truth, and it is written with the first event. */
const STARTED_AS = '(SELECT o.id FROM operations o WHERE o.plan_id = plans.id LIMIT 1) AS started_as';

export function makePlans(db: SqliteFile): Plans {
  return {
    add: (plan) => {
      db.run(
        'INSERT INTO plans (id, cluster_id, kind, created_at, created_by, slots, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
        plan.id,
        plan.clusterId,
        plan.kind,
        plan.createdAt,
        plan.createdBy,
        plan.slots,
        JSON.stringify(plan),
      );
    },
    get: (id) => {
      const row = db.get(PlanRow, `SELECT body, ${STARTED_AS} FROM plans WHERE id = ?`, id);
      return row === null ? null : { plan: row.body, startedAs: row.started_as };
    },
    list: (clusterId) =>
      db.all(
        PlanHeadRow,
        `SELECT id, kind, created_at, created_by, slots, ${STARTED_AS} FROM plans WHERE cluster_id = ?
         ORDER BY created_at DESC, rowid DESC LIMIT ?`,
        clusterId,
        LISTED,
      ),
    removeUnused: (before) =>
      db.run(
        `DELETE FROM plans WHERE id NOT IN (SELECT plan_id FROM operations)
           AND id NOT IN (SELECT reverse_plan_id FROM operations WHERE reverse_plan_id IS NOT NULL)
           AND (created_at < ? OR id NOT IN (SELECT id FROM plans ORDER BY created_at DESC, rowid DESC LIMIT ?))`,
        before,
        UNUSED_KEPT,
      ).changes,
  };
}
