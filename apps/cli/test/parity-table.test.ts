import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';

const root = new URL('../../../', import.meta.url);

interface Named {
  readonly command: string;
  readonly option: string | null;
}

interface Row {
  readonly command: string;
  readonly options: readonly string[];
  readonly tests: readonly string[];
}

const words = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

function tableRows(): Row[] {
  const text = readFileSync(new URL('docs/cli.md', root), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| -'))
    .slice(1)
    .map((line) => {
      const [, command = '', option = '', , shown = ''] = line.split('|');
      return { command: words(command)[0] ?? 'all', options: words(option), tests: words(shown) };
    });
}

/** What `--cluster help` names: each command, and each option under it. */
function helpOf(cli: string): Named[] {
  // Its exit status is 1, as after a mistake.
  const { stdout } = spawnSync(cli, ['--cluster', 'help'], { encoding: 'utf8' });
  let command = '';
  return stdout.split('\n').flatMap((line): Named[] => {
    const named = /^ {2}([a-z-]+) /.exec(line);
    if (line.includes('--cluster-')) {
      const option = /--cluster-[a-z-]+/.exec(line)?.[0] ?? '';
      return [{ command: line.startsWith('  --') ? 'all' : command, option }];
    }
    if (named === null) return [];
    command = named[1] ?? '';
    return [{ command, option: null }];
  });
}

describe.each(serversUnderTest().map(({ name, cli }) => ({ name, cli })))('the tool of $name', ({ cli }) => {
  test('every command and option that its help names has a row in the table', () => {
    const named = helpOf(cli);
    expect(named.length).toBeGreaterThan(30);
    const rows = tableRows();
    const missing = named.filter(
      ({ command, option }) =>
        !rows.some((row) => row.command === command && (option === null || row.options.includes(option))),
    );
    expect(missing).toEqual([]);
  });
});

test('every row of the table names a test that there is', () => {
  const folders = ['apps/cli/test', 'packages/operations/test'];
  const rows = tableRows();
  const unknown = rows
    .flatMap(({ tests }) => (tests.length === 0 ? ['(none)'] : tests))
    .filter((name) => !folders.some((folder) => existsSync(fileURLToPath(new URL(`${folder}/${name}.test.ts`, root)))));
  expect(rows.length).toBeGreaterThan(30);
  expect(unknown).toEqual([]);
});
