import { expect, test } from 'vitest';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { makeFaultLog, makeLog } from './log.ts';

test('what is secret is not printed, wherever it stands in what is logged', () => {
  const lines: string[] = [];
  const log = makeLog('info', { write: (line) => void lines.push(line) });
  const secret = 'pass-0451';
  log.info({ password: secret, login: { password: secret }, cluster: { login: { token: secret } } }, 'one');
  log.info({ req: { headers: { cookie: secret } } }, 'two');
  log.error({ err: Object.assign(new Error('refused'), { command: { name: 'AUTH', args: [secret] } }) }, 'three');
  expect(lines).toHaveLength(3);
  expect(lines.join('')).not.toContain(secret);
});

test('a failure that repeats is told once a minute, with how often it came', async () => {
  const clock = createHandClock();
  const told: unknown[] = [];
  const note = makeFaultLog({ error: (line: unknown) => void told.push(line) }, clock);
  for (let times = 0; times < 5; times += 1) note(new Error('the disk is full'), { clusterId: 'cl-a' });
  note(new Error('the disk is full'), { clusterId: 'cl-b' });
  expect(told).toHaveLength(2);
  await clock.advance(60_000);
  note(new Error('the disk is full'), { clusterId: 'cl-a' });
  expect(told.at(-1)).toMatchObject({ clusterId: 'cl-a', timesSinceTold: 4 });
});
