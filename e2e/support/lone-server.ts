import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { superviseChild } from '@slotdeck/testkit/child-supervisor';
import { releasePort, reservePort } from '@slotdeck/testkit/free-ports';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import { waitUntil } from '@slotdeck/testkit/wait-until';

/** A real server with cluster mode off, for as long as `work` takes. */
export async function withLoneServer(work: (address: string) => Promise<void>): Promise<void> {
  const binary = serversUnderTest()[0];
  if (binary === undefined) throw new Error('no Redis or Valkey server on this machine');
  const port = await reservePort();
  const folder = await mkdtemp(join(tmpdir(), 'slotdeck-lone-'));
  const child = spawn(binary.server, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
    stdio: 'ignore',
  });
  superviseChild(child, 'a lone server');
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    await waitUntil('the lone server to listen', () => accepts(port));
    await work(`127.0.0.1:${port}`);
  } finally {
    child.kill('SIGKILL');
    await gone;
    releasePort(port);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
