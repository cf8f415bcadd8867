// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vite';
import { expect, test } from 'vitest';

/** Attributes that people read or hear. */
const SPOKEN = new Set([
  'aria-label',
  'aria-description',
  'title',
  'placeholder',
  'label',
  'description',
  'alt',
  'error',
]);

/** What is the same in every language: key names, examples of addresses, names of things. */
const ALLOWED = new Set(['10.0.0.5:6379', 'Ctrl K', '⌘ K']);

const isSentence = (text: string): boolean => /\p{L}{2,}/u.test(text) && !ALLOWED.has(text.trim());

interface Node {
  readonly type: string;
}
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Every literal that would be shown: text between tags, and strings in spoken attributes. */
function literalsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(literalsIn);
  if (!isNode(node)) return [];
  if (node.type === 'JSXText' && 'value' in node && typeof node.value === 'string') {
    return isSentence(node.value) ? [node.value.trim()] : [];
  }
  if (node.type === 'JSXAttribute' && 'name' in node && 'value' in node)
    return [...spokenIn(node.name, node.value), ...literalsIn(node.value)];
  return Object.values(node).flatMap(literalsIn);
}

function spokenIn(name: unknown, value: unknown): string[] {
  if (!isNode(name) || !('name' in name) || typeof name.name !== 'string' || !SPOKEN.has(name.name)) return [];
  if (!isNode(value) || value.type !== 'Literal' || !('value' in value) || typeof value.value !== 'string') return [];
  return isSentence(value.value) ? [`${name.name}="${value.value}"`] : [];
}

test('the reader finds a sentence between tags and in an attribute that is read out', () => {
  const found = literalsIn(parseAst('const a = <p title="Now then">Hello you<b>{x}</b></p>', { lang: 'tsx' }));
  expect(found).toEqual(['title="Now then"', 'Hello you']);
});

test('no component holds a sentence of its own: all words come from the catalogue', () => {
  const root = join(import.meta.dirname, '..');
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?<!\.test)\.tsx$/.test(path),
  );
  expect(paths.length).toBeGreaterThan(20);
  const found = paths.flatMap((path) =>
    literalsIn(parseAst(readFileSync(join(root, path), 'utf8'), { lang: 'tsx' })).map((text) => `${path}: ${text}`),
  );
  expect(found).toEqual([]);
});
