import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { superviseChild } from '@slotdeck/testkit/child-supervisor';
import { releasePort, reservePort } from '@slotdeck/testkit/free-ports';
import { openConnection } from '@slotdeck/testkit/node-connection';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import { waitUntil } from '@slotdeck/testkit/wait-until';

/** Something that listens, at `host:port`, until it is closed. */
export interface Listening {
  readonly seed: string;
  close(): Promise<void>;
}

/** A server without cluster mode. */
export async function startSingleServer(folder: string): Promise<Listening> {
  const binary = serversUnderTest()[0];
  if (binary === undefined) throw new Error('no server on this machine');
  const port = await reservePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const child = spawn(binary.server, args, { stdio: 'ignore' });
  superviseChild(child, 'a server without cluster mode');
  const connection = openConnection({ host: '127.0.0.1', port });
  await waitUntil('the server to answer', async () => (await connection.call('PING')) === 'PONG');
  connection.close();
  return {
    seed: `127.0.0.1:${port}`,
    async close() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      releasePort(port);
    },
  };
}

/** A web server, where somebody took the wrong port. */
export async function startWebServer(): Promise<Listening> {
  const server = createServer((_request, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a TCP port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return {
    seed: `127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port on which nobody listens, kept free of our own servers. */
export async function reserveSilentPort(): Promise<Listening> {
  const port = await reservePort();
  return {
    seed: `127.0.0.1:${port}`,
    close: () => {
      releasePort(port);
      return Promise.resolve();
    },
  };
}
