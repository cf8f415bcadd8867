import type { ServerVersion } from '@slotdeck/model/topology';

/** Valkey 9.0 on: CLUSTER REPLICATE NO ONE. */
export function leavesPrimaryByCommand(server: ServerVersion | null): boolean {
  return server?.flavour === 'valkey' && Number(server.version.split('.')[0]) >= 9;
}
