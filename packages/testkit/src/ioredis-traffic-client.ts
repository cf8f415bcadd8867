import { Cluster } from 'ioredis';
import { NodeCallError } from './node-connection.ts';
import { RespError, type RespValue } from './resp.ts';
import type { TrafficClient, TrafficClientOptions } from './traffic-client.ts';

/**
 * The same traffic through the client that applications use, with its defaults as far as a test can bear them. It follows redirects by
 * itself and does not tell, so the detours stay uncounted.
 */
export function createIoredisTrafficClient({
  seeds,
  access,
}: Pick<TrafficClientOptions, 'seeds' | 'access'>): TrafficClient {
  const { username, password, tls, timeoutMs } = access;
  const cluster = new Cluster([...seeds], {
    clusterRetryStrategy: (times) => Math.min(times * 50, 500),
    redisOptions: {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls }),
      ...(timeoutMs === undefined ? {} : { commandTimeout: timeoutMs }),
    },
  });
  // Without a listener the event ends the process. What matters of it comes with the command that fails.
  cluster.on('error', () => undefined);

  return {
    async execute(_key, [name, ...args]) {
      try {
        return readReply(await cluster.call(String(name), ...args));
      } catch (error) {
        throw translate(error, String(name));
      }
    },
    close: () => cluster.disconnect(),
  };
}

/** A server that refused is told apart from an answer that never came: only the latter leaves a write in doubt. */
function translate(error: unknown, command: string): Error {
  if (error instanceof Error && error.name === 'ReplyError') return new RespError(error.message);
  return new NodeCallError('connection-lost', { host: 'cluster', port: 0, command }, { cause: error });
}

function readReply(reply: unknown): RespValue {
  if (reply === null || typeof reply === 'string' || typeof reply === 'number') return reply;
  if (Array.isArray(reply)) return reply.map(readReply);
  throw new Error(`an unexpected kind of reply: ${typeof reply}`);
}
