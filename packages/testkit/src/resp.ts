/** The Redis wire protocol, both versions, both directions: for scripted servers and for a client that hides nothing. */

export type RespValue =
  string | number | bigint | boolean | null | RespError | readonly RespValue[] | ReadonlyMap<RespValue, RespValue>;

/** An error reply, as a value: inside EXEC and pipelines a reply can hold several. */
export class RespError extends Error {
  /** The first word, such as MOVED, TRYAGAIN or ERR. */
  readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = 'RespError';
    this.code = message.split(' ', 1)[0] ?? 'ERR';
  }
}

/** For replies that can only be text. */
export function textOf(value: RespValue): string {
  if (typeof value === 'string') return value;
  throw new RespProtocolError(`text was expected, not ${value === null ? 'null' : typeof value}`);
}

/** For replies that can only be lists. */
export function listOf(value: RespValue): readonly RespValue[] {
  if (isList(value)) return value;
  throw new RespProtocolError(`a list was expected, not ${value === null ? 'null' : typeof value}`);
}

export function isList(value: RespValue): value is readonly RespValue[] {
  return Array.isArray(value);
}

export class RespProtocolError extends Error {
  readonly code = 'protocol-error';
}

export function encodeCommand(args: readonly (string | number | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${args.length}\r\n`)];
  for (const arg of args) {
    const bytes = Buffer.isBuffer(arg) ? arg : Buffer.from(String(arg));
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
  }
  return Buffer.concat(parts);
}

/** Collects bytes and hands out whole values. Bulk strings are read as UTF-8. */
export function createRespReader(): { push(chunk: Buffer): RespValue[] } {
  let rest: Buffer = Buffer.alloc(0);
  // A long bulk string arrives in many chunks: parse again only when enough bytes can be there.
  let needed = 0;
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  return {
    push(chunk) {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      if (rest.length + waitingBytes < needed) return [];
      rest = Buffer.concat([rest, ...waiting]);
      waiting.length = 0;
      waitingBytes = 0;
      const values: RespValue[] = [];
      let at = 0;
      for (;;) {
        const parsed = parseAt(rest, at);
        if (parsed.kind === 'incomplete') {
          needed = parsed.needed - at;
          break;
        }
        values.push(parsed.value);
        at = parsed.next;
      }
      rest = rest.subarray(at);
      return values;
    },
  };
}

type Parsed =
  | { readonly kind: 'value'; readonly value: RespValue; readonly next: number }
  | { readonly kind: 'incomplete'; readonly needed: number };

function parseAt(bytes: Buffer, start: number): Parsed {
  const end = bytes.indexOf('\r\n', start);
  if (end === -1) return { kind: 'incomplete', needed: bytes.length + 1 };
  const type = String.fromCharCode(bytes[start] ?? 0);
  const line = bytes.toString('utf8', start + 1, end);
  const next = end + 2;
  switch (type) {
    case '+':
      return { kind: 'value', value: line, next };
    case '-':
      return { kind: 'value', value: new RespError(line), next };
    case ':':
      return { kind: 'value', value: readInteger(line), next };
    case ',':
      return { kind: 'value', value: readDouble(line), next };
    case '#':
      return { kind: 'value', value: line === 't', next };
    case '(':
      return { kind: 'value', value: BigInt(line), next };
    case '_':
      return { kind: 'value', value: null, next };
    case '$':
    case '=':
    case '!':
      return parseBulk(bytes, type, readInteger(line), next);
    case '*':
    case '~':
    case '>':
      return parseList(bytes, readInteger(line), next);
    case '%':
      return parseMap(bytes, readInteger(line), next);
    case '|':
      return parseAttribute(bytes, readInteger(line), next);
    default:
      throw new RespProtocolError(
        `unexpected first byte ${JSON.stringify(type)} before ${JSON.stringify(line.slice(0, 80))}`,
      );
  }
}

function parseBulk(bytes: Buffer, type: string, length: number, start: number): Parsed {
  if (length < 0) return { kind: 'value', value: null, next: start };
  const end = start + length;
  if (bytes.length < end + 2) return { kind: 'incomplete', needed: end + 2 };
  const text = bytes.toString('utf8', start, end);
  // A verbatim string carries its format in four bytes, "txt:".
  const value = type === '!' ? new RespError(text) : type === '=' ? text.slice(4) : text;
  return { kind: 'value', value, next: end + 2 };
}

function parseList(bytes: Buffer, length: number, start: number): Parsed {
  if (length < 0) return { kind: 'value', value: null, next: start };
  const value: RespValue[] = [];
  let next = start;
  for (let index = 0; index < length; index += 1) {
    const item = parseAt(bytes, next);
    if (item.kind === 'incomplete') return item;
    value.push(item.value);
    next = item.next;
  }
  return { kind: 'value', value, next };
}

function parseMap(bytes: Buffer, pairs: number, start: number): Parsed {
  const list = parseList(bytes, pairs * 2, start);
  if (list.kind === 'incomplete') return list;
  const items = listOf(list.value);
  const map = new Map<RespValue, RespValue>();
  for (let index = 0; index < items.length; index += 2) map.set(items[index] ?? null, items[index + 1] ?? null);
  return { kind: 'value', value: map, next: list.next };
}

/** Attributes precede the value they describe; nothing here needs them. */
function parseAttribute(bytes: Buffer, pairs: number, start: number): Parsed {
  const attributes = parseMap(bytes, pairs, start);
  return attributes.kind === 'incomplete' ? attributes : parseAt(bytes, attributes.next);
}

function readInteger(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value))
    throw new RespProtocolError(`not an integer: ${JSON.stringify(text.slice(0, 80))}`);
  return value;
}

function readDouble(text: string): number {
  if (text === 'inf') return Infinity;
  if (text === '-inf') return -Infinity;
  return Number(text);
}
