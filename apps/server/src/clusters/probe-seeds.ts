import { lookup } from 'node:dns/promises';
import type { ConnectionSettings } from '@slotdeck/cluster/connection/connection-settings';
import { dialledAddress, parseAddress, printAddress } from '@slotdeck/cluster/connection/node-address';
import type { NodeAddress } from '@slotdeck/cluster/connection/node-calls';
import { probeAddress, type AddressProbe } from '@slotdeck/cluster/connection/probe-address';
import type { Clock } from '@slotdeck/model/clock';
import type { ViewProblem } from '@slotdeck/model/topology';
import { isRefusedHost } from '../access/seed-rules.ts';

export type SeedTried =
  | { readonly seed: string; readonly ok: true; readonly probe: Extract<AddressProbe, { ok: true }> }
  | { readonly seed: string; readonly ok: false; readonly problem: ViewProblem };

/** Tries every address at the same time and says of each what answered. */
export function probeSeeds(
  seeds: readonly string[],
  settings: ConnectionSettings,
  clock: Pick<Clock, 'now' | 'monotonic'>,
): Promise<SeedTried[]> {
  return Promise.all(
    seeds.map(async (seed): Promise<SeedTried> => {
      const address = parseAddress(seed);
      if (address === null) return { seed, ok: false, problem: { code: 'name-not-found', seen: 'not an address' } };
      if (await leadsToRefusedHost(dialledAddress(address, settings.natMap ?? {}))) {
        const seen = 'this address is never dialled: clouds answer there with secrets of the machine';
        return { seed, ok: false, problem: { code: 'other-error', seen } };
      }
      const probe = await probeAddress(address, settings, clock);
      return probe.ok ? { seed: printAddress(address), ok: true, probe } : { seed, ok: false, problem: probe.problem };
    }),
  );
}

async function leadsToRefusedHost({ host }: NodeAddress): Promise<boolean> {
  if (isRefusedHost(host)) return true;
  try {
    return (await lookup(host, { all: true })).some(({ address }) => isRefusedHost(address));
  } catch (error) {
    // A name that is not found: the probe then says so, with the system's own word.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/** What was seen and what to try, one sentence per address. */
export function explainSeedProblem(seed: string, problem: ViewProblem): string {
  return `${seed}: ${SENTENCES[problem.code]} (${problem.seen})`;
}

const SENTENCES: Record<ViewProblem['code'], string> = {
  unreachable: 'there is no way to this host; check the address and the network',
  'connection-refused': 'the host is there but nothing listens on this port; check the port and that the server runs',
  timeout: 'no answer in time; the server hangs, or a firewall drops the connection',
  'name-not-found': 'this name is not known; check its spelling or give an IP address',
  'wrong-password': 'the user name or the password is wrong',
  'password-required': 'the server wants a password; enter one',
  'no-permission': 'the user may not run a command that is needed; give it the permissions of the minimal ACL user',
  'tls-required': 'the server speaks TLS on this port; switch TLS on',
  'tls-not-spoken': 'the server does not speak TLS on this port; switch TLS off or use its TLS port',
  'tls-untrusted': 'the certificate is not trusted; give the CA that signed it, or check the server name',
  'not-redis': 'something other than Redis or Valkey answers there; check the port',
  'not-a-cluster': 'the server runs without cluster mode; it must be started with cluster-enabled yes',
  loading: 'the server is loading its data; try again when it is ready',
  'broken-reply': 'the answer could not be read; check that nothing stands between and changes it',
  'connection-closed': 'the connection was closed; the server may be full, protected or behind another protocol',
  busy: 'too many commands are waiting; try again',
  'other-error': 'the server refused',
};
