import type { NodeAddress } from './node-calls.ts';

export const DEFAULT_PORT = 6379;

/** `host:port`, `[v6]:port`; one text per place, so it serves as a key. */
export function printAddress({ host, port }: NodeAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `host:port`, `[v6]:port`, `host` (port 6379); null for anything else. */
export function parseAddress(text: string): NodeAddress | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  if (match === null || host === undefined) return null;
  const port = match[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  return port >= 1 && port <= 65_535 ? { host, port } : null;
}

/** What a node calls itself (`host:port`, or `host` for all its ports) → what we dial (`host:port`, or `host` to keep the port). */
export type NatMap = Readonly<Record<string, string>>;

/** Where to dial for an address as nodes say it. Without an entry it is dialled as it is. */
export function dialledAddress(address: NodeAddress, natMap: NatMap): NodeAddress {
  const exact = natMap[printAddress(address)] ?? natMap[`${address.host}:${address.port}`];
  const mapped = exact ?? natMap[address.host];
  if (mapped === undefined) return address;
  const place = parseAddress(mapped);
  if (place === null) return address;
  const namesPort = /:\d{1,5}$/.test(mapped) && (mapped.startsWith('[') || mapped.split(':').length === 2);
  return namesPort ? place : { host: place.host, port: address.port };
}
