/** `pnpm -s soak NAME [--runs N] [--seed S]`: runs the campaign soak/NAME.ts on the sources. Without a name it lists them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runProgram } from './run-program.mjs';

const folder = join(root, 'soak');
/** A campaign is a file that runs itself; the others in the folder are what campaigns are made of. */
const names = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.ts') && readFileSync(join(folder, file), 'utf8').includes('await runCampaign('))
      .map((file) => file.slice(0, -'.ts'.length))
      .sort()
  : [];
const [name, ...rest] = process.argv.slice(2);

if (name === undefined || !names.includes(name)) {
  const asked = name === undefined ? 'Say which campaign to run' : `There is no campaign named "${name}"`;
  console.error(`${asked}: pnpm -s soak NAME [--runs N] [--seed S]\nNames: ${names.join(', ') || 'none yet'}`);
  process.exitCode = 2;
} else {
  const { code } = await runProgram({
    command: process.execPath,
    args: ['--import', 'tsx', '--conditions=source', join('soak', `${name}.ts`), ...rest],
    output: 'show',
  });
  process.exitCode = code;
}
