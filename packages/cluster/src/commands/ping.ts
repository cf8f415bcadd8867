import type { Command } from '../connection/node-calls.ts';
import { broken, read, readText, type Read } from './reply-reading.ts';

export const pingCommand: Command = ['PING'];

export function readPong(reply: unknown): Read<true> {
  return readText(reply) === 'PONG' ? read(true) : broken(reply);
}
