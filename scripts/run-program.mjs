import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs one program from the repository's root, with `node_modules/.bin` first on its path.
 *
 * `output: 'show'` lets it write to our terminal as it goes; `'keep'` collects both streams, for gates that are only worth
 * reading when they fail. A signal that ends us is passed on, so that an interrupted run leaves nothing behind.
 *
 * @param {{ command: string, args: readonly string[], output: 'show' | 'keep', env?: Record<string, string> }} program
 * @returns {Promise<{ code: number, output: string, seconds: number }>} `code` is 127 when the program could not be started.
 */
export function runProgram({ command, args, output, env = {} }) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: output === 'show' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) },
    });
    let kept = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text) => (kept += text));
    }
    const passOn = (signal) => child.kill(signal);
    process.on('SIGINT', passOn).on('SIGTERM', passOn);
    const finish = (code) => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn);
      resolve({ code, output: kept, seconds: (performance.now() - startedAt) / 1000 });
    };
    child.on('error', (error) => {
      kept += `${command} could not be started: ${error.message}\n`;
      finish(127);
    });
    child.on('close', (code, signal) => {
      if (signal === 'SIGINT' || signal === 'SIGTERM') process.exit(130);
      if (signal !== null) kept += `${command} was ended by ${signal}\n`;
      finish(code ?? 1);
    });
  });
}
