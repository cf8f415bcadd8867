import { expect, test } from 'vitest';
import { describeSettings, readSettings, SettingsSchema } from './settings.ts';

test('without any setting the server listens on this machine only', () => {
  const read = readSettings({});
  expect(read).toMatchObject({ ok: true, settings: { host: '127.0.0.1', port: 7700, dataFolder: './data' } });
  expect(read).toMatchObject({ settings: { secret: null, adminPassword: null, observeMs: 500, trustProxy: false } });
});

test('all problems are told at once, each under its name', () => {
  const read = readSettings({
    SLOTDECK_PORT: 'seven',
    SLOTDECK_SECRET: 'short',
    SLOTDECK_ADMIN_PASSWORD: '1234567',
    SLOTDECK_LOG: 'loud',
    SLOTDECK_PUBLIC_ORIGIN: 'console',
    SLOTDECK_TRUST_PROXY: 'perhaps',
    SLOTDECK_OBSERVE_MS: '1',
    SLOTDECK_SESSION_HOURS: '1.5',
    SLOTDECK_PORTS: '7700',
  });
  if (read.ok) throw new Error('these settings must be refused');
  expect(read.problems.map(({ name }) => name).toSorted()).toEqual([
    'SLOTDECK_ADMIN_PASSWORD',
    'SLOTDECK_LOG',
    'SLOTDECK_OBSERVE_MS',
    'SLOTDECK_PORT',
    'SLOTDECK_PORTS',
    'SLOTDECK_PUBLIC_ORIGIN',
    'SLOTDECK_SECRET',
    'SLOTDECK_SESSION_HOURS',
    'SLOTDECK_TRUST_PROXY',
  ]);
  const told = new Map(read.problems.map(({ name, problem }) => [name, problem]));
  expect(told.get('SLOTDECK_PORT')).toBe('must be a whole number');
  expect(told.get('SLOTDECK_SECRET')).toBe('must have at least 16 characters');
  expect(told.get('SLOTDECK_PORTS')).toMatch(/no setting of this program; did you mean SLOTDECK_PORT/);
});

test.each([
  ['SLOTDECK_PORT', '65536', 'must be at most 65535'],
  ['SLOTDECK_PORT', '-1', 'must be at least 0'],
  ['SLOTDECK_OBSERVE_MS', '99', 'must be at least 100'],
  ['SLOTDECK_KEEP_DAYS', '0', 'must be at least 1'],
  ['SLOTDECK_PUBLIC_ORIGIN', 'ftp://console.example.org', 'must look like https://console.example.org'],
])('%s=%s is refused: %s', (name, value, problem) => {
  expect(readSettings({ [name]: value })).toEqual({ ok: false, problems: [{ name, problem }] });
});

test('an empty variable is an unset one', () => {
  const empty = Object.fromEntries(Object.keys(SettingsSchema.shape).map((name) => [name, '']));
  expect(readSettings(empty)).toEqual(readSettings({}));
});

test('an unknown setting is remarked on, and the server starts', () => {
  const read = readSettings({ SLOTDECK_PORTS: '7700', SLOTDECK_SERVICE_HOST: '10.0.0.1' });
  expect(read).toMatchObject({ ok: true, settings: { port: 7700 } });
  expect(read).toMatchObject({ remarks: [{ name: 'SLOTDECK_PORTS' }, { name: 'SLOTDECK_SERVICE_HOST' }] });
});

test('variables of other programs are none of ours', () => {
  expect(readSettings({ PATH: '/bin', SLOTDECK_TEST_SERVERS: 'redis-7.0' })).toEqual(readSettings({}));
});

test('the public origin is brought to the form in which browsers send it', () => {
  expect(readSettings({ SLOTDECK_PUBLIC_ORIGIN: 'https://Console.Example.org:443/' })).toMatchObject({
    settings: { publicOrigin: 'https://console.example.org' },
  });
});

test('the help names every setting with its meaning and its default', () => {
  const help = describeSettings();
  for (const [name, schema] of Object.entries(SettingsSchema.shape)) {
    expect(schema.description, name).toBeTruthy();
    expect(help).toContain(`${name} `);
    expect(help).toContain(schema.description);
  }
  expect(help).toContain('(default 7700)');
  expect(help).toContain('(default 127.0.0.1)');
});
