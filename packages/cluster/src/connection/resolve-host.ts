import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** The addresses of a host as the system resolves it, IPv4 first; the host itself when it is one. Empty: the name is not known. */
export async function resolveHost(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    const found = await lookup(host, { all: true });
    const sorted = found.toSorted((a, b) => a.family - b.family).map(({ address }) => address);
    return [...new Set(sorted)];
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}
