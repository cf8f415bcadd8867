import { z } from 'zod';
import { ClusterId, OperationId, PlanId } from '@slotdeck/model/ids';
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
  /** @returns false when somebody started it before. */
  markStarted(id: PlanId, as: OperationId): boolean;
  /** Plans nobody started and older than that. */
  removeUnused(before: number): number;
}

const LISTED = 200;

export function makePlans(db: SqliteFile): Plans {
  return {
    add: (plan) => {
      db.run(
        'INSERT INTO plans (id, cluster_id, kind, created_at, created_by, slots, body, started_as) VALUES (?, ?, ?, ?, ?, ?, ?, NULL)',
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
      const row = db.get(PlanRow, 'SELECT body, started_as FROM plans WHERE id = ?', id);
      return row === null ? null : { plan: row.body, startedAs: row.started_as };
    },
    list: (clusterId) =>
      db.all(
        PlanHeadRow,
        `SELECT id, kind, created_at, created_by, slots, started_as FROM plans WHERE cluster_id = ?
         ORDER BY created_at DESC, id LIMIT ${LISTED}`,
        clusterId,
      ),
    markStarted: (id, as) =>
      db.run('UPDATE plans SET started_as = ? WHERE id = ? AND started_as IS NULL', as, id).changes === 1,
    removeUnused: (before) =>
      db.run(
        `DELETE FROM plans WHERE started_as IS NULL AND created_at < ?
           AND id NOT IN (SELECT reverse_plan_id FROM operations WHERE reverse_plan_id IS NOT NULL)`,
        before,
      ).changes,
  };
}
