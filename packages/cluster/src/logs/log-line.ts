import { readClassicTime, readTime, type LogTime } from './log-time.ts';

export type LogRole = 'primary' | 'replica' | 'sentinel' | 'child';
export type LogLevel = 'debug' | 'verbose' | 'notice' | 'warning';

/** What stands before a message: who wrote it, when, and how loud. */
export type LogLine =
  | {
      readonly kind: 'entry';
      readonly shape: 'classic' | 'logfmt' | 'json';
      readonly pid: number | null;
      readonly role: LogRole | null;
      readonly time: LogTime;
      readonly level: LogLevel | null;
      readonly text: string;
    }
  /** No line of a server's log: the picture at its start, the rest of a message of several lines, or anything else. */
  | { readonly kind: 'other'; readonly why: LineTrouble };

/** `empty`: nothing but spaces · `binary`: characters that no log has · `no-header`: a text without a beginning as servers write it. */
export type LineTrouble = 'empty' | 'binary' | 'no-header';

const ROLES: Readonly<Record<string, LogRole>> = { M: 'primary', S: 'replica', X: 'sentinel', C: 'child' };
const ROLE_WORDS: Readonly<Record<string, LogRole>> = {
  primary: 'primary',
  master: 'primary',
  replica: 'replica',
  slave: 'replica',
  sentinel: 'sentinel',
  'RDB/AOF': 'child',
  child: 'child',
};
const LEVELS: Readonly<Record<string, LogLevel>> = { '.': 'debug', '-': 'verbose', '*': 'notice', '#': 'warning' };
/** Valkey's own words for its four levels: `info` is what `loglevel verbose` lets through. */
const LEVEL_WORDS: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  verbose: 'verbose',
  info: 'verbose',
  notice: 'notice',
  warning: 'warning',
};

const other = (why: LineTrouble): LogLine => ({ kind: 'other', why });

/**
 * Reads one line without its end. The forms are: classic (`12:M 01 Jan 2026 10:00:00.123 * text`, without the year before Redis 5.0,
 * with `[12]` before 3.0, with ISO 8601 or epoch milliseconds when Valkey ≥ 8.1 is told so), logfmt and JSON (Valkey ≥ 8.1,
 * `log-format`). What a collector puts before a classic line is skipped. Never throws, whatever the line.
 */
export function readLine(line: string): LogLine {
  const classic = readClassic(line, 0);
  if (classic !== null) return classic;
  const trimmed = line.trim();
  if (trimmed === '') return other('empty');
  if (trimmed.startsWith('{')) return readJson(trimmed) ?? readAfterPrefix(line) ?? other(troubleOf(line));
  if (trimmed.startsWith('pid=')) return readLogfmt(trimmed) ?? other(troubleOf(line));
  return readAfterPrefix(line) ?? other(troubleOf(line));
}

function readClassic(line: string, from: number): LogLine | null {
  let at = from;
  const bracket = line[at] === '[';
  if (bracket) at += 1;
  const pidFrom = at;
  while (isDigit(line.charCodeAt(at)) && at - pidFrom < 11) at += 1;
  if (at === pidFrom) return null;
  const pid = Number(line.slice(pidFrom, at));
  let role: LogRole | null = null;
  if (bracket) {
    if (line[at] !== ']' || line[at + 1] !== ' ') return null;
    at += 2;
  } else {
    role = ROLES[line[at + 1] ?? ''] ?? null;
    if (line[at] !== ':' || role === null || line[at + 2] !== ' ') return null;
    at += 3;
  }
  const stamp = readClassicTime(line, at) ?? readOtherTime(line, at);
  if (stamp === null || line[stamp.end] !== ' ') return null;
  const level = LEVELS[line[stamp.end + 1] ?? ''];
  if (level === undefined || line[stamp.end + 2] !== ' ') return null;
  const text = line.slice(stamp.end + 3);
  return { kind: 'entry', shape: 'classic', pid, role, time: stamp.time, level, text };
}

function readOtherTime(line: string, from: number): { readonly time: LogTime; readonly end: number } | null {
  const end = line.indexOf(' ', from);
  if (end < 0 || end - from > 40) return null;
  const time = readTime(line.slice(from, end));
  return time === null ? null : { time, end };
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** `docker compose logs`, `kubectl logs --prefix`, journald: a short beginning of their own. */
const LONGEST_PREFIX = 120;
const HEADER = /(?:^|[\s|\]:>])(\d{1,10}:[MSXC] )/g;

function readAfterPrefix(line: string): LogLine | null {
  const head = line.slice(0, LONGEST_PREFIX);
  for (const match of head.matchAll(HEADER)) {
    const entry = readClassic(line, match.index + match[0].length - (match[1]?.length ?? 0));
    if (entry !== null) return entry;
  }
  const brace = head.indexOf('{"pid":');
  return brace > 0 ? readJson(line.slice(brace).trimEnd()) : null;
}

function readJson(line: string): LogLine | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // A line that begins like JSON and is none is told as such by the caller.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  return entryOf('json', new Map(Object.entries(value)));
}

const PAIR = /([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?:\s+|$)/y;

function readLogfmt(line: string): LogLine | null {
  const values = new Map<string, unknown>();
  PAIR.lastIndex = 0;
  let at = 0;
  while (at < line.length) {
    PAIR.lastIndex = at;
    const match = PAIR.exec(line);
    if (match === null) return null;
    values.set(match[1] ?? '', match[2] === undefined ? match[3] : unescape(match[2]));
    at = PAIR.lastIndex;
  }
  return entryOf('logfmt', values);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const unescape = (text: string): string =>
  text.includes('\\') ? text.replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char) : text;

function entryOf(shape: 'logfmt' | 'json', values: ReadonlyMap<string, unknown>): LogLine | null {
  const [pid, role, stamp, level, text] = ['pid', 'role', 'timestamp', 'level', 'message'].map((key) =>
    values.get(key),
  );
  if (typeof text !== 'string' || (typeof stamp !== 'string' && typeof stamp !== 'number')) return null;
  const time = readTime(String(stamp));
  if (time === null) return null;
  const number = Number(pid);
  return {
    kind: 'entry',
    shape,
    pid: Number.isSafeInteger(number) && number > 0 ? number : null,
    role: typeof role === 'string' ? (ROLE_WORDS[role] ?? ROLES[role] ?? null) : null,
    time,
    level: typeof level === 'string' ? (LEVEL_WORDS[level] ?? LEVELS[level] ?? null) : null,
    text,
  };
}

function troubleOf(line: string): LineTrouble {
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if ((code < 32 && code !== 9) || code === 127 || code === 0xfffd) return 'binary';
  }
  return 'no-header';
}
