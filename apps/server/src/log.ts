import { pino, type Logger } from 'pino';

/** Paths under which something secret could stand if somebody logs a whole object; bodies and headers are not logged at all. */
const SECRETS = ['password', 'token', 'secret', 'key', 'cookie', 'authorization', 'sealed'];

export function makeLog(level: string): Logger {
  return pino({
    level,
    redact: {
      paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]).concat(
        'req.headers',
        'err.command',
        'err.args',
        'err.cause.command',
      ),
      censor: '[redacted]',
    },
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
