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
