import type { Clock } from '@slotdeck/model/clock';
import { pino, type DestinationStream, type Logger } from 'pino';

/** Names under which something secret could stand if somebody logs a whole object. */
const SECRETS = ['password', 'token', 'secret', 'key', 'cookie', 'authorization', 'sealed'];

/** What is never printed. Headers and bodies are not logged in the first place; commands could carry an AUTH. */
export const SECRET_PATHS: string[] = [
  ...SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  'req.headers',
  'err.command',
  'err.args',
  'err.cause.command',
];

/** JSON lines, on standard output unless told otherwise. */
export function makeLog(level: string, to?: DestinationStream): Logger {
  const options = {
    level,
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return to === undefined ? pino(options) : pino(options, to);
}

const SAME_FAULT_EVERY_MS = 60_000;

/**
 * Logs what failed beside a request; the same failure again at most once a minute, with how often it happened meanwhile. A
 * full disk fails at every look at every cluster, and the log may lie on that disk.
 */
export function makeFaultLog(
  log: Pick<Logger, 'error'>,
  clock: Pick<Clock, 'monotonic'>,
): (err: unknown, about: Readonly<Record<string, unknown>>) => void {
  const told = new Map<string, { at: number; since: number }>();
  return (err, about) => {
    const kind = `${JSON.stringify(about)} ${err instanceof Error ? err.message : String(err)}`;
    const before = told.get(kind);
    const now = clock.monotonic();
    if (before !== undefined && now - before.at < SAME_FAULT_EVERY_MS) {
      before.since += 1;
      return;
    }
    for (const [key, { at }] of told) if (now - at >= SAME_FAULT_EVERY_MS) told.delete(key);
    told.set(kind, { at: now, since: 0 });
    const times = before === undefined || before.since === 0 ? {} : { timesSinceTold: before.since };
    log.error({ err, ...about, ...times }, 'something failed beside a request');
  };
}
