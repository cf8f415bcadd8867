import { logFormats } from '@slotdeck/cluster/logs/log-vocabulary';
import type { SeededRandom } from './seeded-random.ts';

/** What servers write besides, so that a log is not all about the cluster. */
const OTHERS = [
  'DB saved on disk',
  'Background saving started by pid 4711',
  '100 changes in 300 seconds. Saving...',
  'Background saving terminated with success',
  'Fork CoW for RDB: current 4 MB, peak 4 MB, average 2 MB',
  'Partial resynchronization request from 10.0.3.17:6379 accepted. Sending 1234 bytes of backlog starting from offset 98765.',
  'Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer without waiting for fsync to complete.',
] as const;

const HEX = '0123456789abcdef';

function id(random: SeededRandom): string {
  return Array.from({ length: 40 }, () => HEX[Math.floor(random.next() * 16)]).join('');
}

/** A message as a server of some version prints it. `clusterShare` of them are about the cluster. */
export function messageLike(random: SeededRandom, clusterShare: number): string {
  if (random.next() >= clusterShare) return OTHERS[Math.floor(random.next() * OTHERS.length)] ?? OTHERS[0];
  const format = logFormats[Math.floor(random.next() * logFormats.length)];
  if (format === undefined) throw new Error('an empty vocabulary');
  return format.literals
    .map((literal, i) => {
      const gap = format.gaps[i];
      if (gap === undefined) return literal;
      if (gap.kind === 'node') return literal + id(random);
      return literal + (gap.kind === 'int' ? String(Math.floor(random.next() * 20_000)) : '10.0.3.17:6379');
    })
    .join('')
    .replaceAll('\n', ' ');
}

const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

/** A line in one of the forms that servers have. */
export function lineLike(random: SeededRandom, at: number, clusterShare: number): string {
  const message = messageLike(random, clusterShare);
  const date = new Date(at);
  const clock = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}.${pad(date.getUTCMilliseconds(), 3)}`;
  const stamp = `${pad(date.getUTCDate())} Mar ${date.getUTCFullYear()} ${clock}`;
  const form = random.next();
  if (form < 0.8) return `4711:M ${stamp} * ${message}`;
  if (form < 0.9) return JSON.stringify({ pid: 4711, role: 'replica', timestamp: stamp, level: 'notice', message });
  return `pid=4711 role=primary timestamp="${date.toISOString()}" level=info message="${message.replaceAll('"', "'")}"`;
}
