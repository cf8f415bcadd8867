import type {} from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import { ApiError } from '@slotdeck/contract/errors';
import type { Sessions } from '../access/sessions.ts';
import { readCaller, SESSION_COOKIE } from '../http/caller.ts';
import { requirePermission } from '../http/register-endpoints.ts';
import { isOwnOrigin } from '../http/request-origin.ts';
import type { MessageSocket } from './message-socket.ts';
import type { StreamHub } from './stream-hub.ts';

/** A silent network is found out by this: a socket that has not answered the ping before is ended. */
const PING_EVERY_MS = 20_000;

export function registerStream(
  app: FastifyInstance,
  hub: Pick<StreamHub, 'connect'>,
  { sessions, publicOrigin }: { sessions: Pick<Sessions, 'find' | 'isAlive'>; publicOrigin: string | null },
): void {
  app.route({
    method: 'GET',
    url: '/api/v1/stream',
    websocket: true,
    preValidation: async (request, reply) => {
      if (!isOwnOrigin(request.headers, { publicOrigin, protocol: request.protocol })) {
        throw new ApiError('wrong-origin', 'This connection came from another site and was refused.');
      }
      requirePermission(readCaller(request, reply, { sessions, publicOrigin }).principal, 'clusters:read');
      if (!request.ws) throw new ApiError('invalid-request', 'This address speaks websocket only.');
    },
    // Plain requests never come here: the check above has refused them.
    handler: (socket, request) => {
      const token = request.cookies[SESSION_COOKIE] ?? '';
      const key = sessions.find(token)?.key ?? null;
      hub.connect(adaptSocket(socket), () => key !== null && sessions.isAlive(key));
    },
  });
}

function adaptSocket(socket: WebSocket): MessageSocket {
  let hasAnswered = true;
  const pings = setInterval(() => {
    if (!hasAnswered) socket.terminate();
    hasAnswered = false;
    socket.ping();
  }, PING_EVERY_MS);
  pings.unref();
  socket.on('pong', () => {
    hasAnswered = true;
  });
  socket.on('close', () => clearInterval(pings));
  // A broken connection is told by 'close', which always follows; without a listener the error would end the process.
  socket.on('error', () => socket.terminate());
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    onMessage: (listener) => {
      // Text only; anything else is answered as a bad message.
      socket.on('message', (data, isBinary) =>
        listener(isBinary || !Buffer.isBuffer(data) ? '' : data.toString('utf8')),
      );
    },
    onClose: (listener) => {
      socket.on('close', listener);
    },
  };
}
