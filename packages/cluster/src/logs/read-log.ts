import { isAscii } from 'node:buffer';
import { readLine, type LogLevel, type LogRole } from './log-line.ts';
import { datesOf, type LogTime } from './log-time.ts';
import { readMessage, type LogClass, type LogMessage } from './log-vocabulary.ts';

/** One line that says something about the cluster, a start or an end, or replication. */
export interface LogRemark {
  /** Counted from one. */
  readonly line: number;
  /** Epoch ms if the clock of the node showed UTC; see `isAbsolute`. */
  readonly at: number;
  /** The server said its offset or printed epoch time: no zone has to be guessed. */
  readonly isAbsolute: boolean;
  readonly pid: number | null;
  readonly role: LogRole | null;
  readonly level: LogLevel | null;
  readonly message: LogMessage;
  readonly text: string;
}

export interface LogCounts {
  readonly lines: number;
  /** Lines with the header of a server. */
  readonly entries: number;
  readonly byClass: Readonly<Partial<Record<LogClass, number>>>;
  /** Entries whose message is not in the vocabulary; they are kept in the file, and counted here. */
  readonly unknown: number;
  /** Lines without a header: empty ones, pictures, the rest of messages of several lines, garbage. */
  readonly other: number;
  /** Lines cut because they were longer than any message is. */
  readonly cut: number;
  /** Remarks that there was no room for; 0 but in a log that talks about the cluster all the time. */
  readonly dropped: number;
}

/** What one log has to say. */
export interface NodeLog {
  readonly name: string;
  readonly remarks: readonly LogRemark[];
  readonly counts: LogCounts;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

export interface LogReader {
  push(chunk: Uint8Array): void;
  end(): NodeLog;
}

export interface ReadLogOptions {
  readonly name: string;
  /** Epoch ms that no line is later than: when the file was last written. Years are given by it to lines without. */
  readonly until: number;
}

/** The longest message that a server prints is far below; what is longer is no text of a log. */
const LONGEST_LINE = 16_384;
/** Some 150 MB of memory. Messages about single packets are not among the remarks. */
const MOST_REMARKS = 200_000;
/** Said again and again and telling of no event: talk of the bus at debug and verbose level, and corrections of gossip. Counted, not kept. */
const CHATTER = new Set([
  'gossip',
  'topology-mismatch',
  'shard-id-rejected',
  'stale-message-ignored',
  'node-announces-role',
]);
const isChatter = ({ logClass, code }: LogMessage): boolean =>
  CHATTER.has(code) ||
  (logClass === 'link' && !code.startsWith('freeing-cluster-link') && !code.startsWith('connection-node'));

const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);

/** Logs are ASCII but for names and paths; reading such bytes as they are is several times faster than decoding them. */
function textOf(bytes: Buffer, from: number, to: number, isPlain: boolean): string {
  const end = to > from && bytes[to - 1] === 13 ? to - 1 : to;
  return bytes.toString(isPlain ? 'latin1' : 'utf8', from, end);
}

type Pending = Omit<LogRemark, 'at' | 'isAbsolute'> & { readonly time: LogTime };

/** Reads a log in pieces as they come; the file as a whole is never held. Bytes that are no UTF-8 are read as what they look like. */
export function createLogReader({ name, until }: ReadLogOptions): LogReader {
  let rest = NOTHING;
  let isSkipping = false;
  let lines = 0;
  let entries = 0;
  let unknown = 0;
  let other = 0;
  let cut = 0;
  let dropped = 0;
  const byClass: Partial<Record<LogClass, number>> = {};
  const remarks: Pending[] = [];
  const yearless: number[] = [];
  let firstTime: LogTime | null = null;
  let lastTime: LogTime | null = null;

  function takeLine(line: string): void {
    lines += 1;
    const read = readLine(line);
    if (read.kind === 'other') {
      other += 1;
      return;
    }
    entries += 1;
    firstTime ??= read.time;
    lastTime = read.time;
    const message = readMessage(read.text);
    if (message === null) {
      unknown += 1;
      return;
    }
    byClass[message.logClass] = (byClass[message.logClass] ?? 0) + 1;
    if (isChatter(message)) return;
    if (remarks.length >= MOST_REMARKS) {
      dropped += 1;
      return;
    }
    const { pid, role, level, text, time } = read;
    if (time.kind === 'yearless') yearless.push(time.inYear);
    remarks.push({ line: lines, pid, role, level, message, text, time });
  }

  function takeBytes(bytes: Buffer): void {
    const isPlain = isAscii(bytes);
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
      if (isSkipping) isSkipping = false;
      else if (rest.length === 0) takeLine(textOf(bytes, from, end, isPlain));
      else {
        const line = Buffer.concat([rest, bytes.subarray(from, end)]);
        takeLine(textOf(line, 0, line.length, false));
        rest = NOTHING;
      }
      from = end + 1;
    }
    if (isSkipping) return;
    // A copy, since whoever gave the bytes may use their memory again.
    rest = Buffer.concat([rest, bytes.subarray(from)]);
    if (rest.length <= LONGEST_LINE) return;
    cut += 1;
    takeLine(textOf(rest, 0, LONGEST_LINE, false));
    rest = NOTHING;
    isSkipping = true;
  }

  return {
    push: (chunk) => takeBytes(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)),
    end() {
      if (rest.length > 0) takeLine(textOf(rest, 0, rest.length, false));
      rest = NOTHING;
      // The first and the last line are dated with the others, so that a log without a year has its span too.
      const ends = [firstTime, lastTime].map((time) => (time?.kind === 'yearless' ? time.inYear : null));
      const all = [
        ...(ends[0] === null ? [] : [ends[0] ?? 0]),
        ...yearless,
        ...(ends[1] === null ? [] : [ends[1] ?? 0]),
      ];
      const dates = datesOf(all, until);
      let next = ends[0] === null ? 0 : 1;
      const dated = remarks.map(({ time, ...remark }): LogRemark => {
        const at = time.kind === 'yearless' ? (dates[next++] ?? until) : time.at;
        return { ...remark, at, isAbsolute: time.kind === 'absolute' };
      });
      return {
        name,
        remarks: dated,
        counts: { lines, entries, byClass, unknown, other, cut, dropped },
        firstAt: momentOf(firstTime, dates[0]),
        lastAt: momentOf(lastTime, dates.at(-1)),
      };
    },
  };
}

function momentOf(time: LogTime | null, date: number | undefined): number | null {
  if (time === null) return null;
  return time.kind === 'yearless' ? (date ?? null) : time.at;
}
