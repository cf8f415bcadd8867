/**
 * `npm test`: everything, from a bare clone. Brings what is missing (packages, Redis, the other servers, Chromium), builds, runs
 * the gates, all vitest projects and the browser tests. A gate counts as one test. The last line is `N passed, N failed`, with
 * `, N skipped` when something was; each skip is listed with its reason above it.
 *
 * `npm test -- --only gates,fast,real,screen,e2e` runs a part.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gates, runGate } from './gates.mjs';
import { countPlaywright } from './playwright-counts.mjs';
import { root, runProgram } from './run-program.mjs';
import { ensureChromium, ensureInstalled, ensureRedis, ensureServers } from './setup.mjs';

const parts = ['gates', 'fast', 'real', 'screen', 'e2e'];
const only = readOnly(process.argv.slice(2));
const startedAt = performance.now();
const reports = mkdtempSync(join(tmpdir(), 'slotdeck-test-'));
const total = { passed: 0, failed: [], skipped: [], flaky: [] };

process.on('exit', () => rmSync(reports, { recursive: true, force: true }));

heading('Preparing');
await ensureInstalled();
if (asked('real') || asked('e2e')) {
  await ensureRedis();
  await ensureServers();
}
if (asked('e2e')) await ensureChromium();

heading('Building');
const build = await runProgram({ command: process.execPath, args: ['scripts/build.mjs'], output: 'keep' });
countGate('build', build.code === 0);
if (build.code !== 0) console.log(build.output.trimEnd());
console.log(`${build.code === 0 ? '✓' : '✗'} build (${build.seconds.toFixed(1)} s)`);

if (asked('gates')) {
  heading('Gates');
  await inLanes(gates, async (gate) => countGate(gate.name, await runGate(gate)));
}

const projects = ['fast', 'screen', 'real'].filter(asked);
for (const project of projects) {
  heading(`Tests: ${project}`);
  await runVitest(project);
}

if (asked('e2e')) {
  heading('Tests: browser');
  await runPlaywright();
}

sayResult();

/** Two at a time: each of them keeps one core busy. */
async function inLanes(items, work) {
  const waiting = [...items];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all([lane(), lane()]);
}

function readOnly(args) {
  if (args.length === 0) return new Set(parts);
  const wanted = args[0] === '--only' && args.length === 2 ? args[1].split(',') : [];
  const unknown = wanted.filter((part) => !parts.includes(part));
  if (wanted.length > 0 && unknown.length === 0) return new Set(wanted);
  console.error(`Usage: npm test [-- --only ${parts.join(',')}]`);
  process.exit(2);
}

function asked(part) {
  return only.has(part);
}

function heading(text) {
  console.log(`\n== ${text} (${((performance.now() - startedAt) / 1000).toFixed(0)} s since the start)`);
}

function countGate(name, holds) {
  if (holds) total.passed += 1;
  else total.failed.push(name);
}

function add(counts) {
  total.passed += counts.passed;
  total.failed.push(...counts.failed);
  total.skipped.push(...counts.skipped);
  total.flaky.push(...(counts.flaky ?? []));
}

/** One project at a time: the tests on real servers must not share two cores with a thousand fast ones. */
async function runVitest(project) {
  const file = join(reports, `${project}.json`);
  const { code } = await runProgram({
    command: 'vitest',
    args: ['run', '--project', project, '--reporter=default', '--reporter=./scripts/vitest-counts.mjs'],
    output: 'show',
    env: { SLOTDECK_VITEST_COUNTS: file },
  });
  addReport({ file, code, name: `vitest ${project}`, count: (report) => report });
}

async function runPlaywright() {
  const config = 'e2e/playwright.config.ts';
  if (!existsSync(join(root, config))) {
    total.skipped.push({ title: 'browser tests', reason: `${config} does not exist` });
    return;
  }
  const file = join(reports, 'browser.json');
  const { code } = await runProgram({
    command: 'playwright',
    args: ['test', '--config', config, '--reporter=line,json'],
    output: 'show',
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  });
  addReport({ file, code, name: 'browser tests', count: countPlaywright });
}

/** A runner that dies without a report, or fails for a reason its report does not name, is a failure of its own. */
function addReport({ file, code, name, count }) {
  if (!existsSync(file)) {
    total.failed.push(`${name}: ended with code ${code} before it reported`);
    return;
  }
  const counts = count(JSON.parse(readFileSync(file, 'utf8')));
  add(counts);
  if (code !== 0 && counts.failed.length === 0) total.failed.push(`${name}: ended with code ${code}`);
}

function sayResult() {
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`\n== Result after ${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`);
  for (const { title, reason } of total.skipped) console.log(`skipped  ${title} (${reason})`);
  for (const title of total.flaky) console.log(`flaky    ${title} (passed only when tried again)`);
  for (const title of total.failed) console.log(`failed   ${title}`);
  const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : '';
  console.log(`${total.passed} passed, ${total.failed.length} failed${skipped}`);
  process.exitCode = total.failed.length === 0 && total.passed > 0 ? 0 : 1;
}
