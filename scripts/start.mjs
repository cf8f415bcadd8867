/** `npm start`: the built server in this process, so that signals reach it directly. Settings come from the environment; `npm start -- --help` lists them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './run-program.mjs';

const main = join(root, 'apps', 'server', 'dist', 'main.js');
if (!existsSync(main)) {
  console.error('Slotdeck is not built yet. Run: npm run build');
  process.exit(1);
}
await import(pathToFileURL(main).href);
