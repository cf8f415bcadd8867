import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Nothing that a test starts may outlive it, not even when the test process is killed with SIGKILL.
 * A small shell process, in a session of its own so that Ctrl-C passes it by, reads from a pipe what is running. When the pipe
 * ends, because the test process is gone in whatever way, it kills what is left and removes the temporary folders.
 */
const script = `
pids=" " ; dirs=""
while IFS= read -r line; do
  value=\${line#* }
  case $line in
    "watch "*) pids="$pids$value " ;;
    "release "*) kept=" "; for pid in $pids; do [ "$pid" = "$value" ] || kept="$kept$pid "; done; pids=$kept ;;
    "folder "*) dirs="$dirs
$value" ;;
  esac
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
IFS='
'
for dir in $dirs; do rm -rf -- "$dir"; done
`;

type Supervisor = { readonly process: ChildProcess; readonly say: (line: string) => void };

let running: Supervisor | null = null;
const watched = new Map<ChildProcess, string>();

/** From now on this child dies with us. It is forgotten when it exits. `title` names it in leak reports. */
export function superviseChild(child: ChildProcess, title: string): void {
  const { pid } = child;
  if (pid === undefined) return;
  supervisor().say(`watch ${pid}`);
  watched.set(child, title);
  child.once('exit', () => {
    watched.delete(child);
    supervisor().say(`release ${pid}`);
  });
}

/** The folder is removed when this process has ended, if it is still there. */
export function superviseFolder(path: string): void {
  supervisor().say(`folder ${path}`);
}

/** Titles of the supervised children that still run. */
export function runningChildren(): string[] {
  return [...watched.values()];
}

function supervisor(): Supervisor {
  if (running !== null) return running;
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  child.unref();
  const pipe: Writable & { unref?: () => void } = child.stdin;
  // A pipe that stays open on purpose must not keep the event loop alive.
  pipe.unref?.();
  running = { process: child, say: (line) => void pipe.write(`${line}\n`) };
  return running;
}
