#!/usr/bin/env node
import { constants, setPriority } from 'node:os';
import { createInterface, type Interface } from 'node:readline';
import { run } from './run.ts';

/** Lines in the order in which they came, also those that came before anybody asked: a script answers all questions at once. */
function readLines(): { next: () => Promise<string>; close: () => void } {
  const waiting: ((line: string) => void)[] = [];
  const read: string[] = [];
  let isOver = false;
  let lines: Interface | null = null;
  const open = (): void => {
    lines = createInterface({ input: process.stdin, terminal: false });
    lines.on('line', (line) => {
      const asker = waiting.shift();
      if (asker === undefined) read.push(line);
      else asker(line);
    });
    lines.once('close', () => {
      isOver = true;
      for (const asker of waiting.splice(0)) asker('');
    });
  };
  return {
    next: () => {
      if (lines === null) open();
      const line = read.shift();
      if (line !== undefined || isOver) return Promise.resolve(line ?? '');
      return new Promise((resolve) => waiting.push(resolve));
    },
    close: () => lines?.close(),
  };
}

// On a machine that nodes run on as well, those go first: what we do can wait, their clients do not like to.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const input = readLines();

process.exitCode = await run({
  argv: process.argv.slice(2),
  env: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  readLine: input.next,
  stdin: () => process.stdin,
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => process.off('SIGINT', listener);
  },
});
input.close();
