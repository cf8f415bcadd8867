import type { Socket } from 'node:net';
import { errorReply, noReply, problemOfSocketError } from './call-problem.ts';
import { settle, type ConnectionSettings } from './connection-settings.ts';
import { dialSocket } from './dial-socket.ts';
import { dialledAddress } from './node-address.ts';
import { NodeCallError, type NodeAddress } from './node-calls.ts';

export interface Snapshot {
  /** Of the RDB file. */
  readonly bytes: number;
  /** Whose stream, and up to where in it, the file holds. */
  readonly replicationId: string;
  readonly offset: number;
}

/** While it writes its file a server says that it lives every ten seconds; this long nothing means that it does not. Milliseconds. */
const SILENCE_MS = 60_000;

/**
 * Has a node send its data as a replica gets it (PSYNC), and hands it on as it comes: an RDB file of one moment. The connection is ended
 * after it, so the node does not take us for a replica. `sink` is waited for, so that a slow disk slows the network and not fills memory.
 * @throws NodeCallError, and whatever `sink` throws
 */
export async function receiveSnapshot(
  address: NodeAddress,
  given: ConnectionSettings,
  sink: (part: Buffer) => Promise<void>,
): Promise<Snapshot> {
  const settings = settle(given);
  const place = dialledAddress(address, settings.natMap);
  const dialled = await dialSocket(place, settings.tls, settings.connectTimeoutMs);
  if (!dialled.ok) throw noReply(address, dialled.problem, false);
  const { socket } = dialled;
  socket.setTimeout(SILENCE_MS, () => {
    socket.destroy(new Error(`nothing came for ${SILENCE_MS} ms`));
  });
  try {
    const stream = readStream(socket);
    const { username, password } = settings;
    if (password !== undefined) {
      write(socket, username === undefined ? ['AUTH', password] : ['AUTH', username, password]);
      requireOk(address, await stream.line());
    }
    // Known since Redis 7.0: what follows the file is not for us. Older servers say no, and send it; we hang up before.
    write(socket, ['REPLCONF', 'rdb-only', '1']);
    await stream.line();
    write(socket, ['PSYNC', '?', '-1']);
    const [word = '', replicationId = '', offset = ''] = requireOk(address, await stream.line()).split(' ');
    if (word !== '+FULLRESYNC') throw errorReply(address, `${word} ${replicationId}`);
    const head = await stream.line();
    const length = /^\$(\d+)$/.exec(head)?.[1];
    if (length === undefined) throw errorReply(address, head);
    for (let left = Number(length); left > 0;) {
      const part = await stream.upTo(left);
      left -= part.length;
      await sink(part);
    }
    return { bytes: Number(length), replicationId, offset: Number(offset) };
  } catch (error) {
    if (error instanceof NodeCallError || !isOfSocket(error)) throw error;
    throw noReply(address, problemOfSocketError(error), true);
  } finally {
    socket.destroy();
  }
}

class StreamEnded extends Error {
  readonly code = 'ECONNRESET';
}

function isOfSocket(error: unknown): boolean {
  if (error instanceof StreamEnded) return true;
  const syscalls: readonly unknown[] = ['read', 'connect'];
  return error instanceof Error && 'syscall' in error && syscalls.includes(error.syscall);
}

function write(socket: Socket, words: readonly string[]): void {
  socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
}

function requireOk(address: NodeAddress, line: string): string {
  if (line.startsWith('-')) throw errorReply(address, line.slice(1));
  return line;
}

/** Lines, and after them bytes, of one socket. */
function readStream(socket: Socket): { line(): Promise<string>; upTo(bytes: number): Promise<Buffer> } {
  const parts: AsyncIterator<unknown> = socket[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const next = await parts.next();
    const value: unknown = next.value;
    if (next.done === true || !Buffer.isBuffer(value)) throw new StreamEnded('the connection was closed');
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
  };
  return {
    async line() {
      for (;;) {
        const end = rest.indexOf('\n');
        if (end === -1) {
          await more();
          continue;
        }
        const text = rest.subarray(0, end).toString('latin1').trim();
        rest = rest.subarray(end + 1);
        // An empty one says only that the server is alive.
        if (text !== '') return text;
      }
    },
    async upTo(bytes) {
      if (rest.length === 0) await more();
      const part = rest.subarray(0, bytes);
      rest = rest.subarray(part.length);
      return part;
    },
  };
}
