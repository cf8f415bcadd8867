import type { z } from 'zod';
import { endpoints, type EndpointName } from './endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import { ApiError, ErrorReply, isErrorCode } from './errors.ts';

type Table = typeof endpoints;
type Input<E> = (E extends { params: infer P extends z.ZodType } ? { params: z.input<P> } : object) &
  (E extends { query: infer Q extends z.ZodType } ? { query?: z.input<Q> } : object) &
  (E extends { body: infer B extends z.ZodType } ? { body: z.input<B> } : object);
export type Request<N extends EndpointName> = Input<Table[N]>;
export type Reply<N extends EndpointName> = z.output<Table[N]['reply']>;

/** The server could not be reached, or what answered is not Slotdeck. */
export class NoAnswer extends Error {
  readonly code = 'no-answer';
  constructor(seen: string, options?: ErrorOptions) {
    super(seen, options);
    this.name = 'NoAnswer';
  }
}

export interface ClientSettings {
  /** `http://host:port`, or empty for the page's own origin. */
  base: string;
  fetch: typeof fetch;
  /** Sent with each request, e.g. a cookie when there is no browser to keep it. */
  headers?: () => Record<string, string>;
}

/** Calls one endpoint. @throws ApiError with the server's code; NoAnswer when there was none. */
export type Call = <N extends EndpointName>(name: N, request: Request<N>, signal?: AbortSignal) => Promise<Reply<N>>;

export function makeClient({ base, fetch: send, headers }: ClientSettings): Call {
  return async (name, request, signal) => {
    const endpoint: Endpoint = endpoints[name];
    const { params, query, body }: { params?: object; query?: object; body?: unknown } = request;
    let answer: Response;
    try {
      answer = await send(base + '/api/v1' + fillPath(endpoint.path, params ?? {}) + printQuery(query ?? {}), {
        method: endpoint.method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers?.() },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
        credentials: 'same-origin',
      });
    } catch (cause) {
      if (signal?.aborted === true) throw cause;
      throw new NoAnswer(cause instanceof Error ? cause.message : String(cause), { cause });
    }
    const text = await answer.text();
    const json: unknown = text === '' ? undefined : parseJson(text);
    if (!answer.ok) throw readError(answer.status, json);
    // The table ties this name to this schema; the generic parameter only repeats it for the caller.
    return endpoint.reply.parse(json) as Reply<typeof name>;
  };
}

export function fillPath(path: string, params: object): string {
  const values = new Map(Object.entries(params).map(([key, value]) => [key, String(value)]));
  return path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(values.get(key) ?? ''));
}

function printQuery(query: object): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return '';
  return '?' + new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)])).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NoAnswer('the answer is not JSON', { cause });
  }
}

function readError(status: number, json: unknown): Error {
  const read = ErrorReply.safeParse(json);
  if (!read.success) return new NoAnswer(`the answer has status ${status} and is not Slotdeck's`);
  const { code, message, facts, requestId } = read.data.error;
  return new ApiError(isErrorCode(code) ? code : 'internal', message, facts, requestId);
}
