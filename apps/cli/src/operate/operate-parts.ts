import type { Connections } from '../open-cluster.ts';
import type { Followed } from './follow-operation.ts';
import type { Ask } from './operation-request.ts';

export interface OperateParts extends Omit<Followed, 'folder'> {
  readonly ask: Ask;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Connections with the login of a server whose keys are imported; nothing is dialled before it is asked. */
  readonly source: Connections;
}

/** Says why nothing is done. @returns the exit status */
export function refuse(message: string, { out, json }: OperateParts): 1 {
  if (json) out(`${JSON.stringify({ ok: false, error: { code: 'refused', message } })}\n`);
  else out(`[ERR] ${message}\n`);
  return 1;
}
