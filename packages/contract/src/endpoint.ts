import type { z } from 'zod';
import type { Permission } from '@slotdeck/model/access';
import type { ErrorCode } from './errors.ts';

/**
 * One endpoint, declared once: the server registers its route, checks `needs`, parses what comes in and goes out; the client
 * builds its call from the same object; OpenAPI is printed from it.
 */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with `:name` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly needs: Permission;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly success: 200 | 201 | 202 | 204;
  readonly reply: z.ZodType;
  /** Errors beyond those any endpoint may give (invalid-request, not-signed-in, not-allowed, internal). */
  readonly errors: readonly ErrorCode[];
}

export type EndpointTable = Readonly<Record<string, Endpoint>>;
