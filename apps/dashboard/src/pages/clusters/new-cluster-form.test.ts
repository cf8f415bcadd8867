import { expect, test } from 'vitest';
import { NewCluster } from '@slotdeck/contract/clusters';
import { EMPTY_FORM, readForm, type Field, type NewClusterForm } from './new-cluster-form.ts';

const form = (change: Partial<NewClusterForm>): NewClusterForm => ({
  ...EMPTY_FORM,
  name: 'orders-prod',
  addresses: '10.0.0.5:6379',
  ...change,
});

const refusals: [what: string, change: Partial<NewClusterForm>, field: Field, key: string][] = [
  ['no name', { name: '  ' }, 'name', 'clusters.needsName'],
  ['no address', { addresses: ' \n' }, 'addresses', 'clusters.needsAddress'],
  ['an address with a path', { addresses: 'redis://10.0.0.5' }, 'addresses', 'clusters.badAddress'],
  ['a port that does not exist', { addresses: '10.0.0.5:70000' }, 'addresses', 'clusters.badPort'],
  ['port zero', { addresses: '10.0.0.5:0' }, 'addresses', 'clusters.badPort'],
  ['one bad address among good ones', { addresses: 'a:1, b:2 c:x' }, 'addresses', 'clusters.badAddress'],
  ['a map line without its other half', { natMap: '10.0.0.5:6379' }, 'natMap', 'clusters.badNatLine'],
  ['a map to no address', { natMap: '10.0.0.5:6379 = nowhere:99999' }, 'natMap', 'clusters.badPort'],
  ['a certificate that is no PEM', { tls: 'on', ca: 'abc' }, 'ca', 'clusters.notPem'],
  ['a client certificate without key', { tls: 'on', cert: '-----BEGIN X' }, 'key', 'clusters.needsKey'],
  ['a client key without certificate', { tls: 'on', key: '-----BEGIN X' }, 'cert', 'clusters.needsCert'],
];

test.each(refusals)('%s is refused at its field', (_what, change, field, key) => {
  const read = readForm(form(change));
  expect(read.ok ? undefined : read.problems[field]?.key).toBe(key);
});

test('addresses are separated by lines, commas or blanks, and IPv6 is written in brackets', () => {
  const read = readForm(form({ addresses: '10.0.0.5:6379,host-b\n[::1]:7000  c:1' }));
  expect(read.ok && read.body.seeds).toEqual(['10.0.0.5:6379', 'host-b', '[::1]:7000', 'c:1']);
});

test('what the form makes is a request that the server can read', () => {
  const read = readForm(
    form({
      userName: 'ops',
      password: ' with blanks ',
      tls: 'unverified',
      ca: '-----BEGIN CERTIFICATE-----',
      serverName: 'redis.internal',
      natMap: '10.0.0.5:6379 = 127.0.0.1:30001\n10.0.0.6:6379 → 127.0.0.1:30002',
    }),
  );
  if (!read.ok) throw new Error('the form was refused');
  expect(NewCluster.parse(read.body)).toEqual({
    name: 'orders-prod',
    seeds: ['10.0.0.5:6379'],
    username: 'ops',
    password: ' with blanks ',
    tls: { enabled: true, verify: false, ca: '-----BEGIN CERTIFICATE-----', serverName: 'redis.internal' },
    natMap: { '10.0.0.5:6379': '127.0.0.1:30001', '10.0.0.6:6379': '127.0.0.1:30002' },
  });
});

test('empty fields are left out, and certificates are not sent when TLS is off', () => {
  const read = readForm(form({ ca: '-----BEGIN X', userName: ' ' }));
  expect(read.ok && read.body).toEqual({ name: 'orders-prod', seeds: ['10.0.0.5:6379'] });
});
