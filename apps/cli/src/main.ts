#!/usr/bin/env node
import { createInterface } from 'node:readline';
import { run } from './run.ts';

/** The password is typed into a terminal or comes through a pipe; either way it is the first line. */
function readLine(): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, terminal: false });
    let line = '';
    lines.once('line', (text) => {
      line = text;
      lines.close();
    });
    lines.once('close', () => resolve(line));
  });
}

process.exitCode = await run({
  argv: process.argv.slice(2),
  env: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  readLine,
});
