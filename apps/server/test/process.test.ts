import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { ADMIN_PASSWORD, signIn, startServer, type ServerOptions, type ServerProcess } from './server-process.ts';
import { makeTempFolder } from './temp-folder.ts';
import { SettingsSchema } from '../src/settings.ts';

let folder: ReturnType<typeof makeTempFolder>;
let servers: ServerProcess[] = [];

beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  servers = [];
  folder.remove();
});
afterAll(expectNoLeaks);

function start(options: Partial<ServerOptions> = {}): ServerProcess {
  const server = startServer({ folder: folder.path, ...options });
  servers.push(server);
  return server;
}

test('--help lists every setting', async () => {
  const server = start({ args: ['--help'] });
  expect(await server.ended).toMatchObject({ code: 0 });
  for (const name of Object.keys(SettingsSchema.shape)) expect(server.output()).toContain(name);
});

test('wrong settings and arguments are all told, and nothing is started', async () => {
  const server = start({
    args: ['--fast'],
    env: { SLOTDECK_PORT: 'x', SLOTDECK_LOG: 'loud', SLOTDECK_ADMIN_PASSWORD: 'short' },
  });
  expect(await server.ended).toMatchObject({ code: 2 });
  for (const part of ['SLOTDECK_PORT must be', 'SLOTDECK_LOG must be', 'SLOTDECK_ADMIN_PASSWORD must', '--fast is no'])
    expect(server.output()).toContain(part);
  expect(() => statSync(join(folder.path, 'slotdeck.db'))).toThrow(/ENOENT/);
});

test('without a password in the settings one is drawn, shown once, and works', async () => {
  const first = start({ env: { SLOTDECK_ADMIN_PASSWORD: '' } });
  const base = await first.ready();
  const drawn = /with the password (\S+)/.exec(first.output())?.[1] ?? '';
  expect(drawn).toMatch(/^\w{5}(-\w{5}){3}$/);
  const { call } = await signIn(base, drawn);
  expect(await call('getSession', {})).toMatchObject({ user: { name: 'admin', role: 'admin' } });
  first.signal('SIGTERM');
  expect(await first.ended).toEqual({ code: 0, signal: null });

  const second = start({ env: { SLOTDECK_ADMIN_PASSWORD: '' } });
  await signIn(await second.ready(), drawn);
  expect(second.output()).not.toContain('password');
});

test('a second server on the same data folder is refused in a sentence; a killed one leaves the folder free', async () => {
  const first = start();
  await first.ready();
  const second = start();
  expect(await second.ended).toMatchObject({ code: 1 });
  expect(second.output()).toContain(`Slotdeck cannot start. Another Slotdeck server (process ${first.pid}, started `);
  expect(second.output()).toContain('SLOTDECK_DATA');
  await signIn(await first.ready());

  await first.kill();
  const third = start();
  await signIn(await third.ready());
});

test('a port that is taken is told as that, and the folder is let go', async () => {
  const first = start();
  const { port } = new URL(await first.ready());
  const other = makeTempFolder();
  try {
    const second = start({ folder: other.path, env: { SLOTDECK_PORT: port } });
    expect(await second.ended).toMatchObject({ code: 1 });
    expect(second.output()).toContain(`Port ${port} of 127.0.0.1 is taken by another program`);
  } finally {
    other.remove();
  }
});

test('a data folder that is a file is told as that', async () => {
  const path = join(folder.path, 'file');
  writeFileSync(path, '');
  const server = start({ folder: path });
  expect(await server.ended).toMatchObject({ code: 1 });
  expect(server.output()).toMatch(/Slotdeck cannot start\. The data folder .* cannot be used: EEXIST/);
});

test('a page of another site opens no stream; our own does', async () => {
  const base = await start().ready();
  const { cookie } = await signIn(base);
  const upgrade = async (headers: Record<string, string>): Promise<number> => {
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(`${base.replace('http', 'ws')}/api/v1/stream`, { headers });
    return new Promise((resolve, reject) => {
      socket.on('open', () => {
        socket.close();
        resolve(101);
      });
      socket.on('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      socket.on('error', reject);
    });
  };
  expect(await upgrade({ cookie, origin: 'https://evil.example' })).toBe(403);
  expect(await upgrade({ cookie, origin: base.replace('http', 'https') })).toBe(403);
  expect(await upgrade({})).toBe(401);
  expect(await upgrade({ cookie: 'slotdeck_session=invented' })).toBe(401);
  expect(await upgrade({ cookie, origin: base })).toBe(101);
  expect(await upgrade({ cookie })).toBe(101);
});

test('what the process prints never holds the password it was given', async () => {
  const server = start({ env: { SLOTDECK_LOG: 'trace' } });
  await signIn(await server.ready());
  server.signal('SIGINT');
  await server.ended;
  expect(server.output()).not.toContain(ADMIN_PASSWORD);
});
