/**
 * The vocabulary of a server's log: what a message says, whatever the version that said it. A row is a code and the text that the
 * server prints, with its gaps named: `{x}` is any text, `{x:int}` a whole number, `{x:node}` forty hexadecimal digits.
 */
export type FormatRow = readonly [code: string, template: string];

export type LogFieldValue = string | number;
export type LogFields = Readonly<Record<string, LogFieldValue>>;

type Gap = { readonly name: string; readonly kind: 'text' | 'int' | 'node' };

export interface LogFormat {
  readonly code: string;
  readonly logClass: string;
  readonly template: string;
  /** `literals[i]` stands before `gaps[i]`; there is one literal more than there are gaps. */
  readonly literals: readonly string[];
  readonly first: string;
  readonly last: string;
  readonly gaps: readonly Gap[];
}

const GAP = /\{([A-Za-z]\w*)(?::(int|node))?\}/g;

export function parseFormat(logClass: string, [code, template]: FormatRow): LogFormat {
  const literals: string[] = [];
  const gaps: Gap[] = [];
  let at = 0;
  for (const match of template.matchAll(GAP)) {
    literals.push(template.slice(at, match.index));
    const kind = match[2] === 'int' || match[2] === 'node' ? match[2] : 'text';
    gaps.push({ name: match[1] ?? '', kind });
    at = match.index + match[0].length;
  }
  literals.push(template.slice(at));
  return { code, logClass, template, literals, first: literals[0] ?? '', last: literals.at(-1) ?? '', gaps };
}

/** A text may hold what follows it once or twice; a message that holds it more often than this is not one of ours. */
const MOST_TRIES = 8;

/**
 * The gaps of a message that has this format from its first to its last character, or null. Works from left to right with a bounded
 * number of tries, so that no message can keep it long, whatever is in it.
 */
export function matchFormat(format: LogFormat, text: string): LogFields | null {
  const { literals, gaps, first, last } = format;
  if (!text.startsWith(first) || !text.endsWith(last)) return null;
  if (gaps.length === 0) return text.length === first.length ? {} : null;
  if (text.length < first.length + last.length) return null;
  const found: Record<string, LogFieldValue> = {};
  return fillGap(literals, gaps, text, 0, first.length, text.length - last.length, found) ? found : null;
}

function fillGap(
  literals: readonly string[],
  gaps: readonly Gap[],
  text: string,
  index: number,
  from: number,
  end: number,
  found: Record<string, LogFieldValue>,
): boolean {
  const gap = gaps[index];
  if (gap === undefined) return false;
  const isLast = index === gaps.length - 1;
  const next = isLast ? '' : (literals[index + 1] ?? '');
  if (gap.kind !== 'text') {
    const to = gap.kind === 'int' ? endOfInt(text, from, end) : endOfNode(text, from, end);
    if (to < 0) return false;
    const value = text.slice(from, to);
    found[gap.name] = gap.kind === 'int' ? readInt(value) : value;
    if (isLast) return to === end;
    return text.startsWith(next, to) && fillGap(literals, gaps, text, index + 1, to + next.length, end, found);
  }
  if (isLast) {
    found[gap.name] = text.slice(from, end);
    return from <= end;
  }
  let to = text.indexOf(next, from);
  for (let tries = 0; to >= 0 && to <= end && tries < MOST_TRIES; tries += 1) {
    found[gap.name] = text.slice(from, to);
    if (fillGap(literals, gaps, text, index + 1, to + next.length, end, found)) return true;
    to = text.indexOf(next, to + 1);
  }
  return false;
}

/** Servers print 64 bits; what a number cannot hold stays as it was printed. */
function readInt(digits: string): LogFieldValue {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : digits;
}

function endOfInt(text: string, from: number, limit: number): number {
  let at = text.charCodeAt(from) === 45 ? from + 1 : from;
  const digits = at;
  while (at < limit && isDigit(text.charCodeAt(at))) at += 1;
  // Twenty digits hold every 64-bit number that a server prints.
  return at === digits || at - digits > 20 ? -1 : at;
}

function endOfNode(text: string, from: number, limit: number): number {
  const to = from + 40;
  if (to > limit) return -1;
  for (let at = from; at < to; at += 1) if (!isHex(text.charCodeAt(at))) return -1;
  return to;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isHex = (code: number): boolean => isDigit(code) || (code >= 97 && code <= 102);
