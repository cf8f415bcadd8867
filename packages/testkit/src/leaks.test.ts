import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { superviseChild } from './child-supervisor.ts';
import { expectNoLeaks, findLeaks } from './leaks.ts';
import { openConnection } from './node-connection.ts';
import { startScriptedNode } from './scripted-node.ts';

test('an open port and an open connection are found until they are closed', async () => {
  const node = await startScriptedNode();
  const connection = openConnection({ host: node.host, port: node.port });
  await connection.call('PING');
  expect(findLeaks().join()).toMatch(/TCPSocketWrap.*TCPServerWrap/);
  connection.close();
  await node.close();
  await expectNoLeaks();
});

test('a timer that keeps the process alive is found until it is cleared', async () => {
  const timer = setInterval(() => undefined, 1_000);
  try {
    expect(findLeaks().join()).toMatch(/× Timeout/);
  } finally {
    clearInterval(timer);
  }
  // The test runner has short timers of its own at times; they go by themselves.
  await expectNoLeaks();
});

test('a supervised child is found by its name', async () => {
  const child = spawn('/bin/sleep', ['60']);
  superviseChild(child, 'a sleeper');
  expect(findLeaks()).toContain('a sleeper');
  child.kill();
  await once(child, 'exit');
  await expectNoLeaks();
});
