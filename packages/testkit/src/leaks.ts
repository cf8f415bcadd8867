import { runningChildren } from './child-supervisor.ts';
import { waitUntil } from './wait-until.ts';

/** Kinds of what keeps a Node process alive that a test can leave behind, as `process.getActiveResourcesInfo` names them. */
const watchedKinds = [
  'ProcessWrap',
  'TCPSocketWrap',
  'TCPServerWrap',
  'TLSWrap',
  'PipeServerWrap',
  'UDPWRAP',
  'Timeout',
  'Immediate',
  'FSEventWrap',
  'MessagePort',
];

/** What was open when this module was loaded, which is before the tests of the file ran: the test runner's own. */
const atStart = countResources();

/**
 * For `afterAll`: fails when the tests of this file left a server, a socket, a listening port, a child process or a timer that keeps the
 * process alive. What is just closing is given five seconds.
 */
export async function expectNoLeaks(): Promise<void> {
  await waitUntil(
    'everything the tests of this file opened to be closed',
    () => {
      const leaks = findLeaks();
      if (leaks.length > 0) throw new Error(`left open: ${leaks.join(', ')}`);
      return 'none';
    },
    { timeoutMs: 5_000 },
  );
}

/** What is open now and was not when this module was loaded, in words. */
export function findLeaks(): string[] {
  const now = countResources();
  const resources = watchedKinds
    .filter((kind) => (now.get(kind) ?? 0) > (atStart.get(kind) ?? 0))
    .map((kind) => `${(now.get(kind) ?? 0) - (atStart.get(kind) ?? 0)} × ${kind}`);
  return [...runningChildren(), ...resources];
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
