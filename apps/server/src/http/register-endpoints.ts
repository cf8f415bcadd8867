import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoint } from '@slotdeck/contract/endpoint';
import { endpoints, type EndpointName } from '@slotdeck/contract/endpoints';
import { ApiError } from '@slotdeck/contract/errors';
import { can, type Permission, type Principal } from '@slotdeck/model/access';
import type { Sessions } from '../access/sessions.ts';
import { readCaller } from './caller.ts';
import { invalidRequest } from './error-reply.ts';
import type { Caller, Handlers } from './handler.ts';
import { isOwnOrigin } from './request-origin.ts';

export interface EndpointSettings {
  sessions: Pick<Sessions, 'find'>;
  publicOrigin: string | null;
  /** Whether answers are checked against the contract before they are sent: in tests and development. */
  checkReplies: boolean;
}

/** Makes a route of each endpoint of the contract. */
export function registerEndpoints(app: FastifyInstance, handlers: Handlers, settings: EndpointSettings): void {
  for (const [name, endpoint] of Object.entries(endpoints) as [EndpointName, Endpoint][]) {
    // What goes in was read by this same endpoint's schemas, which is what its handler's type says.
    const handler = handlers[name] as (input: ParsedInput) => unknown;
    const callers = new WeakMap<FastifyRequest, Caller>();
    app.route({
      method: endpoint.method,
      url: `/api/v1${endpoint.path}`,
      // Before the body is read: whoever may not ask is told so, whatever they sent.
      onRequest: async (request, reply) => {
        callers.set(request, admit(endpoint, settings, request, reply));
      },
      handler: async (request, reply) => {
        const caller = callers.get(request);
        if (caller === undefined) throw new Error('the hook above ran before this handler');
        return answer(endpoint, handler, settings, { request, reply, caller });
      },
    });
  }
}

interface ParsedInput {
  params?: unknown;
  query?: unknown;
  body?: unknown;
  caller: Caller;
}

/** Who asks, once it is sure that they may. @throws ApiError `wrong-origin`, `not-signed-in` or `not-allowed` */
function admit(
  endpoint: Endpoint,
  { sessions, publicOrigin }: EndpointSettings,
  request: FastifyRequest,
  reply: FastifyReply,
): Caller {
  if (endpoint.method !== 'GET' && !isOwnOrigin(request.headers, { publicOrigin, protocol: request.protocol })) {
    throw new ApiError('wrong-origin', 'This request came from another site and was refused.', {
      origin: request.headers.origin ?? null,
      expected: publicOrigin,
    });
  }
  const caller = readCaller(request, reply, { sessions, publicOrigin });
  requirePermission(caller.principal, endpoint.needs);
  return caller;
}

async function answer(
  endpoint: Endpoint,
  handler: (input: ParsedInput) => unknown,
  { checkReplies }: EndpointSettings,
  { request, reply, caller }: { request: FastifyRequest; reply: FastifyReply; caller: Caller },
): Promise<unknown> {
  const result = await handler({ ...readInput(endpoint, request), caller });
  void reply.header('cache-control', 'no-store').code(endpoint.success);
  if (endpoint.success === 204) return reply.send();
  return reply.send(checkReplies ? endpoint.reply.parse(result) : result);
}

/** @throws ApiError `not-signed-in` or `not-allowed` */
export function requirePermission(principal: Principal, permission: Permission): void {
  if (can(principal, permission)) return;
  if (principal.kind === 'anonymous')
    throw new ApiError('not-signed-in', 'Sign in first: nobody is signed in, or the session has ended.');
  throw new ApiError('not-allowed', `The role ${principal.role} lacks the permission ${permission}.`, {
    permission,
    role: principal.role,
  });
}

/** All that is wrong is told at once, each under the name of its field. @throws ApiError `invalid-request` */
function readInput(endpoint: Endpoint, request: FastifyRequest): { params?: unknown; query?: unknown; body?: unknown } {
  const params = endpoint.params?.safeParse(request.params);
  const query = endpoint.query?.safeParse(request.query);
  const body = endpoint.body?.safeParse(request.body);
  const issues = [params, query, body].flatMap((read) => (read === undefined || read.success ? [] : read.error.issues));
  if (issues.length > 0) throw invalidRequest(issues);
  return { params: params?.data, query: query?.data, body: body?.data };
}
