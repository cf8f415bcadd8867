import { runProgram } from './run-program.mjs';

/**
 * What must hold of the whole repository before a change is taken, apart from its tests. `pnpm check` and `npm test` run the
 * same list, so that neither can be stricter than the other.
 *
 * @type {readonly { name: string, command: string, args: readonly string[] }[]}
 */
export const gates = [
  { name: 'types: packages and server', command: 'tsc', args: ['-b'] },
  { name: 'types: dashboard', command: 'tsc', args: ['-p', 'apps/dashboard'] },
  { name: 'types: tests, benches, scripts', command: 'tsc', args: ['-p', 'tsconfig.tests.json'] },
  { name: 'lint and import rules', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'dead code and dependencies', command: 'knip', args: ['--no-progress'] },
  { name: 'formatting', command: 'prettier', args: ['--check', '--cache', '--log-level=warn', '.'] },
];

/** Runs one gate, prints one line when it holds and all it said when it does not. Resolves to whether it holds. */
export async function runGate({ name, command, args }) {
  const { code, output, seconds } = await runProgram({ command, args, output: 'keep' });
  const holds = code === 0;
  console.log(`${holds ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)`);
  if (!holds) console.log(output.trimEnd());
  return holds;
}
