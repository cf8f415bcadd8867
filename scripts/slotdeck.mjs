/**
 * `pnpm -s slotdeck …`: the command line, built when it is not yet. Says nothing of its own on standard output, which belongs to the
 * command.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleCommandLine, commandLine } from './bundle-cli.mjs';
import { root } from './run-program.mjs';

if (!existsSync(commandLine)) {
  if (!existsSync(join(root, 'node_modules'))) {
    console.error('The packages are missing. Run: npm run setup');
    process.exit(1);
  }
  await bundleCommandLine();
}
await import(pathToFileURL(commandLine).href);
