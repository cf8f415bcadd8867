/**
 * `npm run demo`: from a bare clone to a console on a real cluster. Brings packages and Redis, builds, starts three primaries with
 * a replica each, fills them, keeps light traffic on them, starts the console with that cluster added, and prints address and
 * login. Ctrl-C ends all of it; nothing is kept.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProduct } from './build.mjs';
import { root } from './run-program.mjs';
import { ensureInstalled, ensureRedis } from './setup.mjs';

await ensureInstalled();
const { server, version } = await ensureRedis();
await buildProduct();

// Only now: this file imports what was just installed and built.
const { runDemo } = await import(pathToFileURL(join(root, 'scripts', 'demo', 'run-demo.mjs')).href);
console.log(`Starting six servers (${version}, ${server})`);
await runDemo();
