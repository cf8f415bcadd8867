import { z } from 'zod';
import { PlanId } from '@slotdeck/model/ids';
import { Pace } from '@slotdeck/model/pace';
import { ChangeKind } from './change-names.ts';

/** What may stand in the URL. A value that makes no sense is left out rather than refused. */
const text = z.coerce.string().max(100_000).optional().catch(undefined);
export const ChangeSearch = z.object({
  kind: ChangeKind.optional().catch(undefined),
  step: z.enum(['what', 'where', 'checks', 'review']).optional().catch(undefined),
  plan: PlanId.optional().catch(undefined),
  pace: Pace.optional().catch(undefined),
  node: text,
  primary: text,
  to: text,
  address: text,
  as: text,
  by: text,
  threshold: text,
  useEmpty: text,
  mode: text,
  then: text,
  drain: text,
  slots: text,
  choices: text,
  withUnreachable: text,
  acceptLoss: text,
  nodes: text,
  replicas: text,
  zones: text,
  allowFew: text,
  allowSameZone: text,
  ms: text,
  from: text,
  fromUsername: text,
  fromTls: text,
  copy: text,
  replace: text,
  keysPerSecond: text,
  databases: text,
  driver: text,
  leaveLarge: text,
});
export type ChangeSearch = z.infer<typeof ChangeSearch>;
