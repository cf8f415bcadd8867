import { basename, extname } from 'node:path';
import type { Breach, Rule } from './rule.ts';
import { isCode, lineAt, type SourceFile } from './source-file.ts';

/** Files that state the rules name what the rules forbid. */
const statesRules = /^scripts\/rules\//;

const drawerRule: Rule = {
  name: 'no file or folder is a drawer: each is named for the one idea in it',
  breaches: ({ path }): Breach[] => {
    const drawer = /(^|[/-])(utils?|helpers?|commons?|libs?|misc|shared)(?=[-/.]|$)/.exec(path);
    return drawer === null ? [] : [{ path, line: 1, what: `"${drawer[2] ?? ''}" names no idea` }];
  },
  bad: [
    { path: 'packages/cluster/src/utils/retry.ts', text: '' },
    { path: 'apps/server/src/string-helpers.ts', text: '' },
    { path: 'packages/model/src/misc.ts', text: '' },
  ],
  good: [{ path: 'packages/model/src/slot-ranges.ts', text: '' }],
};

const nameRule: Rule = {
  name: 'files are kebab-case, React components are named for their component',
  breaches: (file): Breach[] => {
    if (!isCode(file)) return [];
    const stem = basename(file.path, extname(file.path)).replace(/\.(test|e2e|config|spec|d)$/, '');
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem);
    const component = file.path.endsWith('.tsx') && /^[A-Z][A-Za-z0-9]*$/.test(stem);
    return kebab || component
      ? []
      : [{ path: file.path, line: 1, what: `${stem} is neither kebab-case nor a component` }];
  },
  bad: [
    { path: 'packages/model/src/slotRanges.ts', text: '' },
    { path: 'packages/model/src/SlotRanges.ts', text: '' },
  ],
  good: [
    { path: 'apps/dashboard/src/pages/slots/SlotMap.tsx', text: '' },
    { path: 'packages/model/src/slot-ranges.test.ts', text: '' },
  ],
};

const longest = 500;

const lengthRule: Rule = {
  name: `no file of code is longer than ${longest} lines`,
  breaches: (file): Breach[] => {
    if (!isCode(file)) return [];
    const lines = file.text.split('\n').length - 1;
    return lines <= longest
      ? []
      : [{ path: file.path, line: longest, what: `${lines} lines: it holds more than one idea` }];
  },
  bad: [{ path: 'packages/model/src/x.ts', text: '\n'.repeat(longest + 1) }],
  good: [{ path: 'packages/model/src/x.ts', text: '\n'.repeat(longest) }],
};

/** What must not be in a repository others clone, by what it would give away or leave undone. */
const forbidden: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /\b(TODO|FIXME|XXX|HACK)\b/g, what: 'unfinished work is finished or written down as a limit, not marked' },
  {
    pattern: /@ts-(ignore|nocheck|expect-error)|(oxlint|eslint)-disable/g,
    what: 'the rule is right, or it is changed for everyone',
  },
  { pattern: /(^|[\s"'`(])\/(root|home|Users)\/[\w.-]+/gm, what: 'a path of one machine' },
  {
    pattern: /\bregistry\.[\w-]+\.\w+|\b(deb|security|archive|ftp)\.(debian|ubuntu)\.\w+|npmmirror|artifactory/g,
    what: 'the address of one package source',
  },
];

const wordRule: Rule = {
  name: 'no text mentions a machine, a package source or unfinished work',
  breaches: (file): Breach[] => {
    if (statesRules.test(file.path) || file.path === 'LICENSE') return [];
    return forbidden.flatMap(({ pattern, what }) =>
      [...file.text.matchAll(pattern)].map((match) => ({
        path: file.path,
        line: lineAt(file.text, match.index),
        what: `"${match[0].trim()}": ${what}`,
      })),
    );
  },
  bad: [
    { path: 'docs/x.md', text: 'See /home/somebody/x for more.' },
    { path: 'packages/model/src/x.ts', text: '// TODO: later' },
    { path: 'packages/model/src/x.ts', text: '// @ts-ignore' },
    { path: 'packages/model/src/x.ts', text: '// oxlint-disable-next-line no-console' },
    { path: '.npmrc.md', text: 'registry=https://registry.example.com' },
  ],
  good: [
    { path: 'docs/x.md', text: 'The session cookie is httpOnly. Data lives in ./data.' },
    { path: 'packages/model/src/x.ts', text: '// A lease that ends is taken over.' },
  ],
};

function readManifest(text: string): Record<string, unknown> {
  const read: unknown = JSON.parse(text);
  return isRecord(read) ? read : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const pinRule: Rule = {
  name: 'every dependency is pinned to one version, and every package runs on Node 20',
  breaches: ({ path, text }: SourceFile): Breach[] => {
    if (basename(path) !== 'package.json') return [];
    const manifest = readManifest(text);
    const found: Breach[] = [];
    for (const kind of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
      const listed = manifest[kind];
      for (const [name, version] of Object.entries(isRecord(listed) ? listed : {})) {
        if (version === 'workspace:*' || (typeof version === 'string' && /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)))
          continue;
        found.push({
          path,
          line: 1,
          what: `${name} is "${String(version)}": minor releases drop Node versions, so name one`,
        });
      }
    }
    const { engines, private: isPrivate } = manifest;
    if (!isRecord(engines) || engines['node'] !== '>=20.19.0')
      found.push({ path, line: 1, what: 'engines.node is not ">=20.19.0"' });
    if (isPrivate !== true) found.push({ path, line: 1, what: 'the package is not private' });
    return found;
  },
  bad: [
    {
      path: 'packages/x/package.json',
      text: '{"private":true,"engines":{"node":">=20.19.0"},"dependencies":{"zod":"^4.6.7"}}',
    },
    { path: 'packages/x/package.json', text: '{"private":true,"dependencies":{"zod":"4.6.7"}}' },
  ],
  good: [
    {
      path: 'packages/x/package.json',
      text: '{"private":true,"engines":{"node":">=20.19.0"},"dependencies":{"zod":"4.6.7","@slotdeck/model":"workspace:*"}}',
    },
  ],
};

export const textRules: readonly Rule[] = [drawerRule, nameRule, lengthRule, wordRule, pinRule];
