/** `pnpm -s bench NAME [--json] …`: runs bench/NAME.ts on the sources. Without a name it lists what can be measured. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, runProgram } from './run-program.mjs';

const folder = join(root, 'bench');
const names = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => file.slice(0, -'.ts'.length))
      .sort()
  : [];
const [name, ...rest] = process.argv.slice(2);

if (name === undefined || !names.includes(name)) {
  const asked = name === undefined ? 'Say what to measure' : `There is no bench named "${name}"`;
  console.error(`${asked}: pnpm -s bench NAME [--json]\nNames: ${names.join(', ') || 'none yet'}`);
  process.exitCode = 2;
} else {
  const { code } = await runProgram({
    command: process.execPath,
    args: ['--import', 'tsx', '--conditions=source', join('bench', `${name}.ts`), ...rest],
    output: 'show',
  });
  process.exitCode = code;
}
