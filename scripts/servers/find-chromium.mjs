/**
 * Makes sure that this machine has a Chromium for the browser tests.
 *
 *   node scripts/servers/find-chromium.mjs
 */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findOnPath, isExecutable } from './find-on-path.mjs';
import { canInstallWithApt, installWithApt } from './install-with-apt.mjs';

const commands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** @returns {string | null} the browser named by SLOTDECK_CHROMIUM, else one on PATH, else one that Playwright has downloaded. */
export function findChromium(env = process.env) {
  const named = env.SLOTDECK_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`SLOTDECK_CHROMIUM names ${named}, which is not a program that can be run`);
  }
  return findOnPath(commands, env.PATH) ?? findPlaywrightChromium(env);
}

/** As findChromium, but installs one where that is allowed. Throws with what to install when nothing helps. */
export async function ensureChromiumBrowser({ say = console.log } = {}) {
  const found = findChromium();
  if (found !== null) return found;
  let tried = 'apt cannot be used here: it needs root on a Debian machine';
  if (canInstallWithApt()) {
    say('Installing chromium with apt (about 100 MB, once)');
    const installed = await installWithApt(['chromium']);
    const now = findChromium();
    if (now !== null) return now;
    tried = installed.ok
      ? 'apt installed a package without the program'
      : `apt-get install failed:\n${installed.output.trim()}`;
  }
  throw new Error(
    [
      'There is no Chromium on this machine, which the browser tests need.',
      'Install one, for example:  apt-get install chromium   or   npx playwright install --with-deps chromium',
      'or name one:  SLOTDECK_CHROMIUM=/path/to/chrome',
      `What was tried: ${tried}`,
    ].join('\n'),
  );
}

function findPlaywrightChromium(env) {
  const folder = env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache', 'ms-playwright');
  if (!existsSync(folder)) return null;
  const builds = readdirSync(folder).filter((name) => /^chromium-\d+$/.test(name));
  const newestFirst = builds.sort((a, b) => Number(b.slice('chromium-'.length)) - Number(a.slice('chromium-'.length)));
  const programs = newestFirst.flatMap((build) =>
    ['chrome-linux64', 'chrome-linux'].map((part) => join(folder, build, part, 'chrome')),
  );
  return programs.find(isExecutable) ?? null;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(await ensureChromiumBrowser());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
