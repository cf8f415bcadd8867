/**
 * Replies as readers find them. RESP2 gives a map as a flat array and every text as a string; RESP3 gives maps, numbers and
 * doubles. `Buffer` comes where binary replies were asked for. Readers here accept all of these and say what they saw otherwise.
 */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly seen: string };

/** Longer quotations help nobody and fill logs. */
const SEEN_LENGTH = 200;

export function read<T>(value: T): Read<T> {
  return { ok: true, value };
}

/** A reply, or the part of it, that is not what its command answers. */
export function broken(part: unknown): { readonly ok: false; readonly seen: string } {
  const text = readText(part) ?? JSON.stringify(part) ?? String(part);
  return { ok: false, seen: text.length > SEEN_LENGTH ? `${text.slice(0, SEEN_LENGTH)}…` : text };
}

/** Text of a bulk or status reply; null for anything else. */
export function readText(reply: unknown): string | null {
  if (typeof reply === 'string') return reply;
  return Buffer.isBuffer(reply) ? reply.toString('utf8') : null;
}

/** A whole number, also where it comes as text. Values above 2^53 lose precision: no count we read gets there. */
export function readInteger(reply: unknown): number | null {
  if (typeof reply === 'number') return Number.isInteger(reply) ? reply : null;
  if (typeof reply === 'bigint') return Number(reply);
  const text = readText(reply);
  return text !== null && /^-?\d{1,19}$/.test(text) ? Number(text) : null;
}

/** A map reply: RESP3 map or object, or RESP2 name, value, name, value … */
export function readPairs(reply: unknown): Map<string, unknown> | null {
  if (Array.isArray(reply)) {
    if (reply.length % 2 !== 0) return null;
    const pairs = new Map<string, unknown>();
    for (let at = 0; at < reply.length; at += 2) {
      const name = readText(reply[at]);
      if (name === null) return null;
      pairs.set(name, reply[at + 1]);
    }
    return pairs;
  }
  if (reply instanceof Map) {
    const pairs = new Map<string, unknown>();
    for (const [key, value] of reply) {
      const name = readText(key);
      if (name === null) return null;
      pairs.set(name, value);
    }
    return pairs;
  }
  if (typeof reply === 'object' && reply !== null && !Buffer.isBuffer(reply)) return new Map(Object.entries(reply));
  return null;
}

/** `name:value` lines as INFO and CLUSTER INFO print them; comments and empty lines are skipped. */
export function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}

/** A whole number of a field; null when the field is absent or not a number. */
export function fieldNumber(fields: ReadonlyMap<string, string>, name: string): number | null {
  const text = fields.get(name);
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
