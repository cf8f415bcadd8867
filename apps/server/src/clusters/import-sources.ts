import { openConnections, type NodeConnections } from '@slotdeck/cluster/connection/node-connections';
import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import type { Clock } from '@slotdeck/model/clock';
import type { ClusterId } from '@slotdeck/model/ids';
import type { ImportParams } from '@slotdeck/model/plan-params';
import { WrongKey, type SecretBox } from '../secrets/secret-box.ts';
import type { ImportLoginOf, ImportLogins } from '../store/import-logins.ts';
import { guardCalls } from './guard-calls.ts';

/** Servers outside whose keys are imported: their passwords, sealed, and connections to them. */
export interface ImportSources {
  /** Keeps the password that was given for this source, for this cluster only. */
  remember(clusterId: ClusterId, params: ImportParams, password: string): void;
  /** Asks the source with the password that was given last, or without one. */
  calls(clusterId: ClusterId, params: ImportParams): NodeCalls;
  /** Forgets passwords that were given before that moment and that no import needs. */
  removeOlder(before: number): void;
  close(): Promise<void>;
}

export function makeImportSources({
  logins,
  box,
  clock,
}: {
  readonly logins: ImportLogins;
  readonly box: SecretBox;
  readonly clock: Clock;
}): ImportSources {
  /** By login; connections that nobody uses close by themselves. */
  const open = new Map<string, NodeConnections>();
  const loginOf = (clusterId: ClusterId, { from, fromUsername }: ImportParams): ImportLoginOf => ({
    clusterId,
    address: from,
    username: fromUsername ?? '',
  });
  const about = ({ clusterId, address, username }: ImportLoginOf): string =>
    JSON.stringify([clusterId, address, username]);
  function passwordOf(of: ImportLoginOf): string | undefined {
    const sealed = logins.get(of);
    if (sealed === null) return undefined;
    try {
      return box.open(sealed, about(of));
    } catch (error) {
      // Sealed with a key that is lost: the source says that it wants a password, and it is given again.
      if (error instanceof WrongKey) return undefined;
      throw error;
    }
  }

  return {
    remember(clusterId, params, password) {
      const of = loginOf(clusterId, params);
      logins.put(of, box.seal(password, about(of)), clock.now());
    },
    calls(clusterId, params) {
      const of = loginOf(clusterId, params);
      const password = passwordOf(of);
      const key = JSON.stringify([about(of), password, params.fromTls]);
      const connections =
        open.get(key) ??
        openConnections({
          username: params.fromUsername,
          password,
          ...(params.fromTls ? { tls: { verify: true } } : {}),
        });
      open.set(key, connections);
      return guardCalls(connections, {});
    },
    removeOlder: (before) => {
      logins.removeOlder(before);
    },
    async close() {
      const all = [...open.values()];
      open.clear();
      await Promise.all(all.map((each) => each.close()));
    },
  };
}
