import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sessions, SessionKey } from '../access/sessions.ts';
import type { Caller } from './handler.ts';

export const SESSION_COOKIE = 'slotdeck_session';

/** Reads who is calling from the cookie, and lets a handler give or take it. */
export function readCaller(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, publicOrigin }: { sessions: Pick<Sessions, 'find'>; publicOrigin: string | null },
): Caller & { sessionKey: SessionKey | null } {
  const token = request.cookies[SESSION_COOKIE] ?? null;
  const found = token === null ? null : sessions.find(token);
  const secure = request.protocol === 'https' || publicOrigin?.startsWith('https:') === true;
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
  return {
    principal: found?.principal ?? { kind: 'anonymous' },
    sessionKey: found?.key ?? null,
    address: request.ip,
    sessionToken: token,
    setSessionToken(given) {
      if (given === null) void reply.clearCookie(SESSION_COOKIE, options);
      else void reply.setCookie(SESSION_COOKIE, given.token, { ...options, expires: new Date(given.expiresAt) });
    },
  };
}
