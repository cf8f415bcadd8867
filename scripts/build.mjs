/**
 * `npm run build`: packages and server with tsc, command line and dashboard with vite, then compressed copies of the dashboard's larger files, so that the server compresses nothing while
 * somebody waits. Brings the packages first when they are missing.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { bundleCommandLine, isCommandLineCurrent } from './bundle-cli.mjs';
import { listFiles, newestChange } from './newest-change.mjs';
import { root, runProgram } from './run-program.mjs';
import { ensureInstalled } from './setup.mjs';

const dashboard = join(root, 'apps', 'dashboard', 'dist');
const worthCompressing = /\.(js|css|html|svg|json|txt)$/;
const smallestBytes = 1_024;

/** Builds what is older than its sources. Prints one line per part; ends the process with the compiler's words when a part fails. */
export async function buildProduct() {
  await part('packages and server', 'tsc', ['-b']);
  if (!isCommandLineCurrent()) await bundleCommandLine();
  if (isDashboardCurrent()) return;
  await part('dashboard', 'vite', ['build', '--logLevel=warn', 'apps/dashboard']);
  compressFiles(dashboard);
}

async function part(name, command, args) {
  const { code, output, seconds } = await runProgram({ command, args, output: 'keep' });
  if (code !== 0) {
    console.error(`${output.trimEnd()}\n\nThe build of ${name} failed (${command} ${args.join(' ')}).`);
    process.exit(1);
  }
  console.log(`Built ${name} (${seconds.toFixed(1)} s)`);
}

/** Vite keeps no record of its own of what a build was made from; the newest source decides. */
function isDashboardCurrent() {
  const page = join(dashboard, 'index.html');
  const built = statSync(page, { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return false;
  const sources = ['apps/dashboard/src', 'apps/dashboard/public', 'packages/model/src', 'packages/contract/src'];
  const files = [
    'apps/dashboard/index.html',
    'apps/dashboard/vite.config.ts',
    'apps/dashboard/package.json',
    'pnpm-lock.yaml',
  ];
  return newestChange(sources, files) < built;
}

function compressFiles(folder) {
  for (const file of listFiles(folder)) {
    if (!worthCompressing.test(file)) continue;
    const bytes = readFileSync(file);
    if (bytes.length < smallestBytes) continue;
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(
      `${file}.br`,
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureInstalled();
  await buildProduct();
}
