import { NodeId } from '@slotdeck/model/ids';
import type { Command } from '../connection/node-calls.ts';
import { broken, read, readText, type Read } from './reply-reading.ts';

export const clusterMyIdCommand: Command = ['CLUSTER', 'MYID'];

export function readMyId(reply: unknown): Read<NodeId> {
  const id = NodeId.safeParse(readText(reply)?.trim());
  return id.success ? read(id.data) : broken(reply);
}
