/**
 * When a line was written, by its server's own clock. Servers print local time and mostly no zone (`log-timestamp-format` of Valkey
 * ≥ 8.1 has ISO 8601 with an offset and epoch milliseconds), and Redis before 5.0 prints no year.
 */
export type LogTime =
  /** Certain: the server said the offset, or printed epoch time. Epoch ms. */
  | { readonly kind: 'absolute'; readonly at: number }
  /** Milliseconds since the epoch as if the server's clock showed UTC. */
  | { readonly kind: 'local'; readonly at: number }
  /** Local, and the year is not known: milliseconds since the first of January, as in a leap year. */
  | { readonly kind: 'yearless'; readonly inYear: number };

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** 1972 has a 29 February. */
const LEAP_YEAR = 1972;
const LEAP_START = Date.UTC(LEAP_YEAR, 0, 1);

function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

/** The stamp of a classic line that begins at `from`, with where it ends; null when there is none. */
export function readClassicTime(text: string, from: number): { readonly time: LogTime; readonly end: number } | null {
  const day = pair(text, from);
  const month = MONTHS.indexOf(text.slice(from + 3, from + 6));
  if (month < 0 || !(day >= 1 && day <= 31) || text[from + 2] !== ' ' || text[from + 6] !== ' ') return null;
  let at = from + 7;
  let year: number | null = null;
  if (text[at + 4] === ' ') {
    year = pair(text, at) * 100 + pair(text, at + 2);
    if (!(year >= 1970)) return null;
    at += 5;
  }
  const clock = readClock(text, at);
  if (clock === null) return null;
  if (year === null)
    return {
      time: { kind: 'yearless', inYear: Date.UTC(LEAP_YEAR, month, day) - LEAP_START + clock.ms },
      end: clock.end,
    };
  return { time: { kind: 'local', at: Date.UTC(year, month, day) + clock.ms }, end: clock.end };
}

/** `HH:MM:SS`, with a fraction of one to nine digits or none. */
function readClock(text: string, at: number): { readonly ms: number; readonly end: number } | null {
  const [hours, minutes, seconds] = [pair(text, at), pair(text, at + 3), pair(text, at + 6)];
  if (text[at + 2] !== ':' || text[at + 5] !== ':') return null;
  if (!(hours <= 23) || !(minutes <= 59) || !(seconds <= 60)) return null;
  let end = at + 8;
  let fraction = 0;
  if (text[end] === '.' || text[end] === ',') {
    let scale = 100;
    for (end += 1; !Number.isNaN(digit(text, end)) && end < at + 18; end += 1) {
      fraction += digit(text, end) * scale;
      scale /= 10;
    }
  }
  return { ms: ((hours * 60 + minutes) * 60 + seconds) * 1_000 + Math.floor(fraction), end };
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(Z|[+-]\d\d:?\d\d)?$/;

/** A stamp that stands for itself: of JSON and logfmt lines, and of classic ones in another format. */
export function readTime(stamp: string): LogTime | null {
  if (/^\d{12,14}$/.test(stamp)) return { kind: 'absolute', at: Number(stamp) };
  const iso = ISO.exec(stamp);
  if (iso !== null) {
    const [, year, month, day, clockText = '', offset] = iso;
    const clock = readClock(clockText, 0);
    const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
    if (clock === null || !isDate(date, Number(month), Number(day))) return null;
    const at = date + clock.ms;
    return offset === undefined ? { kind: 'local', at } : { kind: 'absolute', at: at - offsetMs(offset) };
  }
  const classic = readClassicTime(stamp, 0);
  return classic !== null && classic.end === stamp.length ? classic.time : null;
}

function isDate(at: number, month: number, day: number): boolean {
  const date = new Date(at);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function offsetMs(offset: string): number {
  if (offset === 'Z') return 0;
  const [hours, minutes] = [pair(offset, 1), pair(offset, offset.length - 2)];
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/**
 * Gives yearless lines their year. Lines of one log come in order or nearly so: a line whose date lies far before that of the line
 * before it begins the next year. The last line is taken to be not later than `until`, which is the time the file was last
 * written, or now.
 */
export function datesOf(inYears: readonly number[], until: number): number[] {
  let wraps = 0;
  let last = Number.NEGATIVE_INFINITY;
  const marks = inYears.map((inYear) => {
    // Half a year back is not a line out of order.
    if (last - inYear > HALF_YEAR_MS) wraps += 1;
    else if (inYear - last > HALF_YEAR_MS && wraps > 0 && Number.isFinite(last)) return { inYear, wrap: wraps - 1 };
    last = inYear;
    return { inYear, wrap: wraps };
  });
  const end = marks.at(-1);
  if (end === undefined) return [];
  let year = new Date(until + DAY_MS).getUTCFullYear();
  while (dateIn(year, end.inYear) > until + DAY_MS) year -= 1;
  return marks.map(({ inYear, wrap }) => dateIn(year - (end.wrap - wrap), inYear));
}

const DAY_MS = 86_400_000;
const HALF_YEAR_MS = 182 * DAY_MS;

function dateIn(year: number, inYear: number): number {
  const date = new Date(LEAP_START + inYear);
  return Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) + (inYear % DAY_MS);
}
