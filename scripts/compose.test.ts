import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { repositoryRoot } from './rules/source-file.ts';

const service = z.object({
  profiles: z.array(z.string()),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  healthcheck: z.unknown().optional(),
  networks: z.unknown(),
});
const composeFile = z.object({ name: z.undefined().optional(), services: z.record(z.string(), service) });

const { services } = composeFile.parse(parse(readText('docker-compose.yml'), { merge: true }));
const nodes = Object.entries(services).filter(([name]) => name.startsWith('node-'));

function readText(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

function compose(...args: readonly string[]) {
  return spawnSync('docker', ['compose', ...args], { cwd: repositoryRoot, encoding: 'utf8' });
}

const whyNoCompose = (() => {
  const { error, status } = compose('version');
  if (error !== undefined) return 'there is no docker command on this machine';
  return status === 0 ? null : 'the docker command of this machine has no compose plugin';
})();

/** Names of the services that start, as compose itself works them out. */
function started(profile: readonly string[]): string[] {
  const { stdout, stderr, status } = compose(...profile, 'config', '--services');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.trim().split('\n').toSorted();
}

test('compose accepts the file', (context) => {
  if (whyNoCompose !== null) context.skip(whyNoCompose);
  const { status, stderr } = compose('config', '--quiet');
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('a plain "up" starts the console and the cluster, and a profile starts the console alone', (context) => {
  if (whyNoCompose !== null) context.skip(whyNoCompose);
  expect(started([])).toEqual(Object.keys(services).toSorted());
  expect(started(['--profile', 'console'])).toEqual(['console']);
});

test('the cluster has six nodes, each in cluster mode, with its own address and a health check', () => {
  expect(nodes).toHaveLength(6);
  for (const [, node] of nodes) {
    expect(node.command).toContain('--cluster-enabled');
    expect(node.healthcheck).toBeDefined();
    expect(node.profiles).toEqual(['demo']);
  }
  expect(new Set(nodes.map(([, node]) => JSON.stringify(node.networks))).size).toBe(6);
});

test('the cluster is formed from exactly the addresses its nodes have', () => {
  const addresses = nodes.map(
    ([, node]) =>
      z.object({ slotdeck: z.object({ ipv4_address: z.string() }) }).parse(node.networks).slotdeck.ipv4_address,
  );
  const named = services['form']?.command?.filter((word) => word.includes(':'));
  expect(named).toEqual(addresses.map((address) => `${address}:6379`));
});

test('the console is published to this machine only', () => {
  expect(services['console']?.ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
});

test('the profile of a plain "up" is in the repository, and no secret is', () => {
  const settings = readText('.env')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(settings).toEqual(['COMPOSE_PROFILES=demo']);
});

test('the image is built from every package that the workspace has', () => {
  const manifests = [
    'packages/model',
    'packages/contract',
    'packages/cluster',
    'packages/operations',
    'packages/testkit',
  ];
  const dockerfile = readText('Dockerfile');
  for (const folder of [...manifests, 'apps/server', 'apps/dashboard', 'e2e']) {
    expect(dockerfile).toContain(`COPY ${folder}/package.json ${folder}/`);
  }
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
});
