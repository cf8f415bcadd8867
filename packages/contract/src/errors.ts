import { z } from 'zod';
import type { Facts } from '@slotdeck/model/finding';

/** Every error an API answer can carry: its HTTP status and what it means. The one place where that is said. */
export const ERRORS = {
  'invalid-request': {
    status: 400,
    means: 'The request was not understood. `facts.issues` lists each field and what is wrong with it.',
  },
  'not-signed-in': { status: 401, means: 'Nobody is signed in, or the session has ended.' },
  'wrong-credentials': { status: 401, means: 'User name and password do not belong together.' },
  'not-allowed': { status: 403, means: 'The signed-in user lacks the permission named in the facts.' },
  'wrong-origin': { status: 403, means: 'A request that changes something came from another site.' },
  'not-found': { status: 404, means: 'There is nothing with this id.' },
  'cluster-exists': {
    status: 409,
    means: 'A cluster that shares nodes with this one is already here; its id is in the facts.',
  },
  'cluster-busy': { status: 409, means: 'Another operation is changing this cluster; its id is in the facts.' },
  'cluster-not-seen': { status: 409, means: 'The cluster has not answered yet, so no plan can be made from it.' },
  'plan-stale': {
    status: 409,
    means: 'The cluster changed since the plan was made; `facts.changes` says what. Make the plan again.',
  },
  'plan-used': { status: 409, means: 'This plan was started already.' },
  'plan-blocked': { status: 422, means: 'The plan has blockers and cannot be started; they are in the facts.' },
  'consent-needed': {
    status: 422,
    means: 'This plan can lose data or cut off a node: `consent` must repeat the phrase in the facts as it stands.',
  },
  'not-in-this-status': { status: 409, means: 'The operation is in a status in which this cannot be asked.' },
  'cluster-unreachable': {
    status: 422,
    means: 'None of the addresses led to a Redis or Valkey cluster; `facts.tried` says what each answered.',
  },
  'too-many-tries': { status: 429, means: 'Too many attempts; try again after the seconds in the facts.' },
  'too-large': { status: 413, means: 'The request body is larger than allowed.' },
  'storage-full': { status: 507, means: 'The data folder cannot be written: the disk is full. Nothing was changed.' },
  'storage-failed': { status: 503, means: 'The data folder cannot be written. Nothing was changed.' },
  'shutting-down': { status: 503, means: 'The server is shutting down.' },
  internal: { status: 500, means: 'Something broke that should not. The request id finds it in the log.' },
} as const satisfies Record<string, { status: number; means: string }>;

export type ErrorCode = keyof typeof ERRORS;

export const ErrorFacts = z.record(z.string(), z.unknown());
export type ErrorFacts = z.infer<typeof ErrorFacts>;

export const ErrorReply = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    facts: ErrorFacts,
    requestId: z.string(),
  }),
});
export type ErrorReply = z.infer<typeof ErrorReply>;

/** Thrown by handlers on the server and by the client when the server answered with an error. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;
  /** Given by the server; null on the server itself before the reply is made. */
  readonly requestId: string | null;
  constructor(
    code: ErrorCode,
    message: string,
    facts: ErrorFacts = {},
    requestId: string | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
    this.facts = facts;
    this.requestId = requestId;
  }
  get status(): number {
    return ERRORS[this.code].status;
  }
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

export type { Facts };
