import type { Command } from '../connection/node-calls.ts';
import { broken, read, readInteger, readText, type Read } from './reply-reading.ts';

export const roleCommand: Command = ['ROLE'];

export type RoleReply =
  | {
      readonly role: 'primary';
      readonly offset: number;
      readonly replicas: readonly { readonly host: string; readonly port: number; readonly offset: number }[];
    }
  | {
      readonly role: 'replica';
      readonly primaryHost: string;
      readonly primaryPort: number;
      /** `connected` is the only state in which the stream flows; others: connect, connecting, sync, handshake … */
      readonly link: string;
      readonly offset: number;
    };

export function readRole(reply: unknown): Read<RoleReply> {
  if (!Array.isArray(reply)) return broken(reply);
  const word = readText(reply[0]);
  if (word === 'master') return readPrimary(reply);
  if (word !== 'slave') return broken(reply);
  const primaryHost = readText(reply[1]);
  const primaryPort = readInteger(reply[2]);
  const link = readText(reply[3]);
  const offset = readInteger(reply[4]);
  if (primaryHost === null || primaryPort === null || link === null || offset === null) return broken(reply);
  return read({ role: 'replica', primaryHost, primaryPort, link, offset });
}

function readPrimary(reply: readonly unknown[]): Read<RoleReply> {
  const offset = readInteger(reply[1]);
  if (offset === null || !Array.isArray(reply[2])) return broken(reply);
  const replicas: { host: string; port: number; offset: number }[] = [];
  for (const entry of reply[2]) {
    if (!Array.isArray(entry)) return broken(entry);
    const host = readText(entry[0]);
    const port = readInteger(entry[1]);
    const at = readInteger(entry[2]);
    if (host === null || port === null || at === null) return broken(entry);
    replicas.push({ host, port, offset: at });
  }
  return read({ role: 'primary', offset, replicas });
}
