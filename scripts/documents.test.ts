import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { SettingsSchema } from '../apps/server/src/settings.ts';
import { lineAt, readRepository, repositoryRoot } from './rules/source-file.ts';

const documents = readRepository().filter(({ path }) => path.endsWith('.md'));
const readme = documents.find(({ path }) => path === 'README.md')?.text ?? '';

test('the README names every setting of the server, and no other', () => {
  const rows = [...readme.matchAll(/^\| `(SLOTDECK_\w+)`/gm)].map(([, name]) => name ?? '');
  expect(rows.toSorted()).toEqual(Object.keys(SettingsSchema.shape).toSorted());
});

test('every link from one document to a file of the repository leads somewhere', () => {
  const broken = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<!!)\[[^\]]*\]\(([^)#\s]+)[^)]*\)/g)]
      .filter(([, to]) => to !== undefined && !/^https?:/.test(to))
      .filter(([, to]) => !existsSync(join(repositoryRoot, dirname(path), to ?? '')))
      .map((link) => `${path}:${lineAt(text, link.index)} ${link[1]}`),
  );
  expect(broken).toEqual([]);
});

test('every file of the repository that a document names in print is there', () => {
  const named = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:packages|apps|scripts|docs|deploy)\/[\w./-]+\.\w+)`/g)].map((match) => ({
      at: `${path}:${lineAt(text, match.index)}`,
      file: match[1] ?? '',
    })),
  );
  expect(named.filter(({ file }) => !existsSync(join(repositoryRoot, file)) && !file.includes('/dist/'))).toEqual([]);
});
