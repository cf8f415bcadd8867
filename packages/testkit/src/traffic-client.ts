import { setTimeout as pause } from 'node:timers/promises';
import calculateSlot from 'cluster-key-slot';
import {
  NodeCallError,
  openConnection,
  type CommandArgs,
  type ConnectionTarget,
  type NodeConnection,
} from './node-connection.ts';
import { listOf, RespError, type RespValue } from './resp.ts';

/** What an application's cluster client goes through without telling the application. */
export type Detours = { moved: number; ask: number; tryAgain: number };

export type TrafficClient = {
  /**
   * Sends one command for keys of one slot, following redirects and repeating on TRYAGAIN. Whatever else comes back is thrown:
   * `RespError` says that the server refused, `NodeCallError` that nobody knows whether it was done.
   */
  execute(key: string, args: CommandArgs): Promise<RespValue>;
  close(): void;
};

export type TrafficClientOptions = {
  readonly seeds: readonly { readonly host: string; readonly port: number }[];
  readonly access: Pick<ConnectionTarget, 'username' | 'password' | 'tls' | 'timeoutMs'>;
  readonly detours: Detours;
};

/** As many as common clients follow before they give up. */
const maximumRedirects = 16;
/** Keys that lie on two nodes stay so until the next few are moved; after about two seconds of that the caller hears of it. */
const tryAgainPauseMs = 2;
const maximumTryAgains = 1_000;

type Address = string;

/**
 * A cluster client that counts every detour and hides nothing else. It keeps its own slot map, so that MOVED and ASK are met
 * as they are met by applications.
 */
export function createTrafficClient({ seeds, access, detours }: TrafficClientOptions): TrafficClient {
  const connections = new Map<Address, NodeConnection>();
  const owners = new Map<number, Address>();
  let isMapStale = true;

  function connectionTo(address: Address): NodeConnection {
    const known = connections.get(address);
    if (known !== undefined) return known;
    const colon = address.lastIndexOf(':');
    const opened = openConnection({ ...access, host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
    connections.set(address, opened);
    return opened;
  }

  async function refreshMap(): Promise<void> {
    const addresses = new Set([...connections.keys(), ...seeds.map((seed) => `${seed.host}:${seed.port}`)]);
    let lastError: unknown = new Error('no seed was given');
    for (const address of addresses) {
      try {
        const map = readSlotMap(await connectionTo(address).call('CLUSTER', 'SLOTS'), address);
        for (const [slot, owner] of map) owners.set(slot, owner);
        isMapStale = false;
        return;
      } catch (error) {
        // The next node may answer; when none does, the last reason is the error.
        lastError = error;
      }
    }
    throw lastError;
  }

  async function execute(key: string, args: CommandArgs): Promise<RespValue> {
    const slot = calculateSlot(key);
    if (isMapStale || !owners.has(slot)) await refreshMap();
    let address = owners.get(slot);
    let isAsking = false;
    let redirects = 0;
    let tryAgains = 0;
    for (;;) {
      if (address === undefined) throw new RespError(`CLUSTERDOWN no node claims slot ${slot}`);
      const reply = await sendTo(address, args, isAsking);
      if (!(reply instanceof RespError)) return reply;
      const [code, , next] = reply.message.split(' ');
      if ((code === 'MOVED' || code === 'ASK') && next !== undefined && redirects < maximumRedirects) {
        redirects += 1;
        isAsking = code === 'ASK';
        if (isAsking) detours.ask += 1;
        else {
          detours.moved += 1;
          owners.set(slot, next);
        }
        address = next;
      } else if (code === 'TRYAGAIN' && tryAgains < maximumTryAgains) {
        tryAgains += 1;
        redirects = 0;
        detours.tryAgain += 1;
        await pause(tryAgainPauseMs);
        // The rest of the keys may have arrived meanwhile: ask the owner again, not the importer.
        address = owners.get(slot);
        isAsking = false;
      } else {
        isMapStale = true;
        throw reply;
      }
    }
  }

  async function sendTo(address: Address, args: CommandArgs, isAsking: boolean): Promise<RespValue> {
    try {
      const replies = await connectionTo(address).pipeline(isAsking ? [['ASKING'], args] : [args]);
      return replies.at(-1) ?? null;
    } catch (error) {
      if (error instanceof NodeCallError) isMapStale = true;
      throw error;
    }
  }

  return {
    execute,
    close() {
      for (const connection of connections.values()) connection.close();
    },
  };
}

/** CLUSTER SLOTS: [from, to, [host, port, …] of the primary, …replicas]. A missing host means "the one you asked". */
function readSlotMap(reply: RespValue, asked: Address): Map<number, Address> {
  const map = new Map<number, Address>();
  for (const entry of listOf(reply)) {
    const [from, to, primary = null] = listOf(entry);
    const [host, port] = listOf(primary);
    const reachedAt = typeof host === 'string' && host !== '' ? host : asked.slice(0, asked.lastIndexOf(':'));
    for (let slot = Number(from); slot <= Number(to); slot += 1) map.set(slot, `${reachedAt}:${Number(port)}`);
  }
  return map;
}
