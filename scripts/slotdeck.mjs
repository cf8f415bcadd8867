/**
 * `pnpm -s slotdeck …`: the command line, built when it is not yet. Says nothing of its own on standard output, which belongs to the
 * command.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, runProgram } from './run-program.mjs';

const main = join(root, 'apps', 'cli', 'dist', 'main.js');
if (!existsSync(main)) {
  if (!existsSync(join(root, 'node_modules'))) {
    console.error('The packages are missing. Run: npm run setup');
    process.exit(1);
  }
  const { code, output } = await runProgram({ command: 'tsc', args: ['-b'], output: 'keep' });
  if (code !== 0) {
    console.error(output.trimEnd());
    process.exit(1);
  }
}
await import(pathToFileURL(main).href);
