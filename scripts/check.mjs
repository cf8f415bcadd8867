/** `pnpm check`: the quick gate. Types, lint, import rules, dead code, formatting, fast tests. */
import { gates, runGate } from './gates.mjs';
import { runProgram } from './run-program.mjs';
import { ensureInstalled } from './setup.mjs';

await ensureInstalled();
const broken = [];
for (const gate of gates) {
  if (!(await runGate(gate))) broken.push(gate.name);
}
const fast = await runProgram({ command: 'vitest', args: ['run', '--project', 'fast'], output: 'show' });
if (fast.code !== 0) broken.push('fast tests');

console.log(broken.length === 0 ? '\nAll gates hold.' : `\nBroken: ${broken.join('; ')}`);
process.exitCode = broken.length === 0 ? 0 : 1;
