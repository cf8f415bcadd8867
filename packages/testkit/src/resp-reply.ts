import { RespError, type RespValue } from './resp.ts';

/** What a scripted node can be told to answer. Values are written in the version of the protocol that the client has asked for. */
export type Reply =
  | { readonly kind: 'value'; readonly value: RespValue }
  | { readonly kind: 'status'; readonly text: string }
  /** Bytes as they are, for what is not the protocol at all. */
  | { readonly kind: 'raw'; readonly bytes: string | Buffer }
  /** The first `bytes` of the reply, then the connection is closed. */
  | { readonly kind: 'cut'; readonly reply: Reply; readonly bytes: number }
  | { readonly kind: 'delayed'; readonly reply: Reply; readonly ms: number }
  /** No answer, and none to anything later on this connection. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'close' };

/** Reply builders. A bare string, number, null, list or map given to the scripted node means `value`. */
export const reply = {
  value: (value: RespValue): Reply => ({ kind: 'value', value }),
  ok: { kind: 'status', text: 'OK' } satisfies Reply,
  status: (text: string): Reply => ({ kind: 'status', text }),
  error: (message: string): Reply => ({ kind: 'value', value: new RespError(message) }),
  raw: (bytes: string | Buffer): Reply => ({ kind: 'raw', bytes }),
  cut: (whole: Reply, bytes: number): Reply => ({ kind: 'cut', reply: whole, bytes }),
  delayed: (ms: number, later: Reply): Reply => ({ kind: 'delayed', reply: later, ms }),
  hang: { kind: 'hang' } satisfies Reply,
  close: { kind: 'close' } satisfies Reply,
  /** What answers on a port that is no Redis port. */
  wrongProtocol: { kind: 'raw', bytes: 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n' } satisfies Reply,
} as const;

export type ProtocolVersion = 2 | 3;

/** Version 2 has no maps, sets, booleans, doubles or null of its own: the servers write what stands here in their place. */
export function encodeValue(value: RespValue, version: ProtocolVersion): string {
  if (value === null) return version === 3 ? '_\r\n' : '$-1\r\n';
  if (value instanceof RespError) return `-${value.message}\r\n`;
  switch (typeof value) {
    case 'string':
      return `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
    case 'number':
      if (Number.isInteger(value)) return `:${value}\r\n`;
      return version === 3 ? `,${value}\r\n` : encodeValue(String(value), version);
    case 'bigint':
      return version === 3 ? `(${value}\r\n` : encodeValue(String(value), version);
    case 'boolean':
      return version === 3 ? `#${value ? 't' : 'f'}\r\n` : `:${value ? 1 : 0}\r\n`;
    default:
      return isMap(value) ? encodeMap(value, version) : encodeList(value, version);
  }
}

function isMap(
  value: readonly RespValue[] | ReadonlyMap<RespValue, RespValue>,
): value is ReadonlyMap<RespValue, RespValue> {
  return value instanceof Map;
}

function encodeList(list: readonly RespValue[], version: ProtocolVersion): string {
  return `*${list.length}\r\n${list.map((item) => encodeValue(item, version)).join('')}`;
}

function encodeMap(map: ReadonlyMap<RespValue, RespValue>, version: ProtocolVersion): string {
  const items = [...map].flat();
  const head = version === 3 ? `%${map.size}` : `*${items.length}`;
  return `${head}\r\n${items.map((item) => encodeValue(item, version)).join('')}`;
}
