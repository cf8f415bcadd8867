import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { type Import, importsOf } from './imports-of.ts';
import type { Breach, Rule } from './rule.ts';
import { isCode, isTest, repositoryRoot, type SourceFile } from './source-file.ts';

/**
 * A room of the house: what its files may import from outside the room, and why not more. `rooms` is read from the top; the first
 * prefix that fits a file is its room.
 */
interface Room {
  readonly prefix: string;
  /** Module names, exact or up to a `*` at the end. `node:*` is every module of Node itself. */
  readonly modules: readonly string[];
  /** Folders or files of the same package that relative imports may reach besides the room itself. */
  readonly neighbours: readonly string[];
  /** Neighbours whose types may be named, though nothing in them may be run. */
  readonly typesFrom?: readonly string[];
  readonly reason: string;
}

const pureCluster =
  'what is decided here is decided from facts, so that it can be decided again in a test or a post-mortem';

const rooms: readonly Room[] = [
  {
    prefix: 'packages/model/src/',
    modules: ['zod'],
    neighbours: [],
    reason: 'the words are shared by the browser, the server and the command line',
  },
  {
    prefix: 'packages/contract/src/',
    modules: ['zod', '@slotdeck/model/*'],
    neighbours: [],
    reason: 'the browser loads the wire format; nothing may come with it',
  },
  {
    prefix: 'packages/cluster/src/connection/',
    modules: ['ioredis', 'zod', '@slotdeck/model/*', 'node:*'],
    neighbours: ['packages/cluster/src/commands/', 'packages/cluster/src/observe/'],
    reason: 'one client per node, and nothing above it',
  },
  {
    prefix: 'packages/cluster/src/commands/',
    modules: ['zod', '@slotdeck/model/*', 'cluster-key-slot'],
    neighbours: [],
    typesFrom: ['packages/cluster/src/connection/node-calls.ts', 'packages/cluster/src/observe/node-view.ts'],
    reason: 'a command file builds arguments and reads replies; sending is for connection/',
  },
  {
    prefix: 'packages/cluster/src/plan/',
    modules: ['@slotdeck/model/*'],
    neighbours: ['packages/cluster/src/commands/'],
    typesFrom: ['packages/cluster/src/observe/', 'packages/cluster/src/connection/node-calls.ts'],
    reason: pureCluster,
  },
  {
    prefix: 'packages/cluster/src/diagnose/',
    modules: ['@slotdeck/model/*'],
    // How an address is written is no I/O.
    neighbours: ['packages/cluster/src/connection/node-address.ts'],
    typesFrom: ['packages/cluster/src/observe/', 'packages/cluster/src/commands/'],
    reason: pureCluster,
  },
  {
    prefix: 'packages/cluster/src/explain/',
    modules: ['@slotdeck/model/*'],
    neighbours: [],
    // What a log said is data by the time it comes here.
    typesFrom: ['packages/cluster/src/logs/'],
    reason: pureCluster,
  },
  {
    prefix: 'packages/cluster/src/logs/',
    modules: ['node:buffer'],
    neighbours: [],
    reason: 'logs come as bytes, from a file, a form or a socket; where from is not known here',
  },
  {
    prefix: 'packages/cluster/src/',
    modules: ['zod', '@slotdeck/model/*', 'node:*', 'cluster-key-slot'],
    neighbours: ['packages/cluster/src/'],
    reason: 'the cluster library is usable alone, from a script',
  },
  {
    prefix: 'packages/operations/src/engine/',
    modules: ['zod', '@slotdeck/model/*', 'node:*'],
    neighbours: [],
    reason: 'the engine runs steps it does not understand, so that every operation can be crash-tested the same way',
  },
  {
    prefix: 'packages/operations/src/',
    modules: ['zod', '@slotdeck/model/*', '@slotdeck/cluster/*', 'node:*'],
    neighbours: ['packages/operations/src/'],
    reason: 'operations know the cluster library and no server',
  },
  {
    prefix: 'packages/testkit/',
    modules: ['@slotdeck/model/*', 'node:*', 'ioredis', 'cluster-key-slot'],
    neighbours: ['packages/testkit/'],
    reason: 'what checks the product must not be built from it',
  },
];

/** Packages a shipped file may name, whatever its room allows. The testkit is never shipped. */
const layers: Readonly<Record<string, readonly string[]>> = {
  model: [],
  contract: ['model'],
  cluster: ['model'],
  operations: ['cluster', 'model'],
  testkit: ['model'],
  server: ['operations', 'cluster', 'contract', 'model'],
  dashboard: ['contract', 'model'],
  cli: ['operations', 'cluster', 'contract', 'model'],
};

/** What tests may import besides what the code they test may. */
const testModules = ['node:*', 'vitest', 'fast-check', '@slotdeck/testkit/*', '@testing-library/*', 'ws'];

function fits(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

function packageFolder(path: string): string | null {
  return /^(?:packages|apps)\/[^/]+\/|^e2e\//.exec(path)?.[0] ?? null;
}

function target(file: SourceFile, { name }: Import): string {
  return normalize(join(dirname(file.path), name)).replaceAll('\\', '/');
}

function isRelative({ name }: Import): boolean {
  return name.startsWith('.');
}

function code(check: (file: SourceFile, one: Import) => string | null): Rule['breaches'] {
  return (file): Breach[] => {
    if (!isCode(file)) return [];
    return importsOf(file).flatMap((one) => {
      const what = check(file, one);
      return what === null ? [] : [{ path: file.path, line: one.line, what }];
    });
  };
}

const roomRule: Rule = {
  name: 'every room imports only what it may',
  breaches: code((file, one) => {
    const room = rooms.find(({ prefix }) => file.path.startsWith(prefix));
    if (room === undefined) return null;
    if (isTest(file.path)) {
      if (isRelative(one) || fits(one.name, [...room.modules, ...testModules])) return null;
    } else if (isRelative(one)) {
      const to = target(file, one);
      if (fits(to, [`${room.prefix}*`, ...room.neighbours.map((prefix) => `${prefix}*`)])) return null;
      if (
        one.typeOnly &&
        fits(
          to,
          (room.typesFrom ?? []).map((prefix) => `${prefix}*`),
        )
      )
        return null;
    } else if (fits(one.name, room.modules)) return null;
    return `${room.prefix} may not import ${one.name}: ${room.reason}`;
  }),
  bad: [
    { path: 'packages/model/src/x.ts', text: "import { readFile } from 'node:fs';" },
    { path: 'packages/contract/src/x.ts', text: "import { planReshard } from '@slotdeck/cluster/plan/reshard';" },
    { path: 'packages/cluster/src/act/x.ts', text: "import { Redis } from 'ioredis';" },
    { path: 'packages/cluster/src/plan/x.ts', text: "import { moveSlots } from '../act/move-slots.ts';" },
    { path: 'packages/cluster/src/plan/x.ts', text: "export const later = import('node:timers');" },
    { path: 'packages/cluster/src/diagnose/x.ts', text: "export { open } from '../connection/node-connections.ts';" },
    { path: 'packages/cluster/src/explain/x.ts', text: "import { readFile } from 'node:fs/promises';" },
    { path: 'packages/cluster/src/logs/x.ts', text: "import { createReadStream } from 'node:fs';" },
    { path: 'packages/operations/src/engine/x.ts', text: "import { moveSlots } from '../catalog/move-slots.ts';" },
    {
      path: 'packages/operations/src/engine/x.ts',
      text: "import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';",
    },
    { path: 'packages/testkit/src/x.ts', text: "import { merge } from '@slotdeck/cluster/observe/merge-views';" },
  ],
  good: [
    { path: 'packages/model/src/x.ts', text: "import { z } from 'zod'; import { a } from './ids.ts';" },
    { path: 'packages/cluster/src/plan/x.ts', text: "import type { NodeView } from '../observe/node-view.ts';" },
    { path: 'packages/cluster/src/connection/x.ts', text: "import { Redis } from 'ioredis';" },
  ],
};

/** Modules that reach out of the process, each with the only place it may do so. */
const drivers: readonly {
  readonly modules: readonly string[];
  readonly only: readonly string[];
  readonly reason: string;
}[] = [
  {
    modules: ['ioredis'],
    only: ['packages/cluster/src/connection/', 'packages/testkit/'],
    reason: 'every command to Redis passes one place that times, bounds and records it',
  },
  {
    modules: ['fastify*', '@fastify/*', 'ws'],
    only: ['apps/server/src/app.ts', 'apps/server/src/http/', 'apps/server/src/stream/'],
    reason: 'handlers and modules of the server are plain functions that know no web',
  },
  {
    modules: ['node:sqlite', '@photostructure/sqlite'],
    only: ['apps/server/src/store/'],
    reason: 'SQL stays behind the port of the store, so that another database can take its place',
  },
];

const driverRule: Rule = {
  name: 'Redis, the web and SQL are each reached from one place',
  breaches: code((file, one) => {
    if (isTest(file.path) || !/^(packages|apps)\//.test(file.path)) return null;
    const driver = drivers.find(({ modules }) => fits(one.name, modules));
    if (driver === undefined || driver.only.some((prefix) => file.path.startsWith(prefix))) return null;
    return `${one.name} belongs to ${driver.only.join(', ')}: ${driver.reason}`;
  }),
  bad: [
    { path: 'packages/cluster/src/act/x.ts', text: "import { Redis } from 'ioredis';" },
    { path: 'apps/server/src/clusters/x.ts', text: "import type { Redis } from 'ioredis';" },
    { path: 'apps/server/src/handlers/x.ts', text: "import fastify from 'fastify';" },
    { path: 'apps/server/src/access/x.ts', text: "import type { FastifyRequest } from 'fastify';" },
    { path: 'apps/server/src/http/x.ts', text: "import { DatabaseSync } from 'node:sqlite';" },
    { path: 'apps/server/src/clusters/x.ts', text: "const { DatabaseSync } = await import('@photostructure/sqlite');" },
  ],
  good: [
    { path: 'packages/cluster/src/connection/x.ts', text: "import { Redis } from 'ioredis';" },
    { path: 'apps/server/src/http/x.ts', text: "import fastify from 'fastify';" },
    { path: 'apps/server/src/store/x.ts', text: "const { DatabaseSync } = await import('node:sqlite');" },
  ],
};

const layerRule: Rule = {
  name: 'packages depend on each other in one direction only',
  breaches: code((file, one) => {
    const [, from] = /^(?:packages|apps)\/([^/]+)\/src\//.exec(file.path) ?? [];
    const [, to] = /^@slotdeck\/([^/]+)/.exec(one.name) ?? [];
    if (from === undefined || to === undefined || isTest(file.path)) return null;
    if (layers[from]?.includes(to)) return null;
    return `${from} may not import ${to}: apps → operations → cluster → model, apps → contract → model; the testkit is never shipped`;
  }),
  bad: [
    { path: 'packages/cluster/src/x.ts', text: "import { run } from '@slotdeck/operations/engine/run-operation';" },
    { path: 'apps/server/src/x.ts', text: "import { startCluster } from '@slotdeck/testkit/real-cluster';" },
    { path: 'apps/dashboard/src/x.ts', text: "import type { NodeView } from '@slotdeck/cluster/observe/node-view';" },
  ],
  good: [
    { path: 'apps/dashboard/src/x.ts', text: "import { endpoints } from '@slotdeck/contract/endpoints';" },
    { path: 'apps/server/test/x.test.ts', text: "import { startCluster } from '@slotdeck/testkit/real-cluster';" },
  ],
};

const entranceRule: Rule = {
  name: 'a package is entered only through its exports',
  breaches: code((file, one) => {
    const home = packageFolder(file.path);
    if (isRelative(one)) {
      if (home === null || target(file, one).startsWith(home)) return null;
      return `${one.name} leaves ${home}: import the package by its name`;
    }
    const [, folder, path] = /^@slotdeck\/([^/]+)(?:\/(.+))?$/.exec(one.name) ?? [];
    if (folder === undefined) return null;
    if (path === undefined) return `${one.name} has no front door: name the file, as in @slotdeck/${folder}/ids`;
    const exported = ['ts', 'tsx'].some((ending) =>
      existsSync(join(repositoryRoot, 'packages', folder, 'src', `${path}.${ending}`)),
    );
    return exported ? null : `${one.name} is not exported: packages/${folder}/src has no such file`;
  }),
  bad: [
    { path: 'apps/server/src/x.ts', text: "import { a } from '../../../packages/model/src/ids.ts';" },
    { path: 'apps/server/src/x.ts', text: "import { a } from '@slotdeck/model/src/ids';" },
    { path: 'apps/server/src/x.ts', text: "import { a } from '@slotdeck/model';" },
  ],
  good: [{ path: 'apps/server/src/x.ts', text: "import { a } from '@slotdeck/model/ids';" }],
};

const screenRule: Rule = {
  name: 'the screen runs in a browser and knows only the words and the wire',
  breaches: code((file, one) => {
    if (!file.path.startsWith('apps/dashboard/src/') || isTest(file.path)) return null;
    if (!fits(one.name, ['node:*', 'fastify*', '@fastify/*', 'ioredis', 'ws', 'pino'])) return null;
    return `${one.name} does not run in a browser`;
  }),
  bad: [{ path: 'apps/dashboard/src/x.tsx', text: "import { randomUUID } from 'node:crypto';" }],
  good: [{ path: 'apps/dashboard/src/x.tsx', text: "import { Button } from '@mantine/core';" }],
};

const endingRule: Rule = {
  name: 'a relative import names its file, ending included',
  breaches: code((_, one) =>
    !isRelative(one) || /\.(ts|tsx|mjs|js|css|json|svg)$/.test(one.name) ? null : `${one.name} has no file ending`,
  ),
  bad: [{ path: 'packages/model/src/x.ts', text: "import { a } from './ids';" }],
  good: [{ path: 'packages/model/src/x.ts', text: "import { a } from './ids.ts';" }],
};

export const importRules: readonly Rule[] = [roomRule, driverRule, layerRule, entranceRule, screenRule, endingRule];
