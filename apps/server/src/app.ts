import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyWebsocket from '@fastify/websocket';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { ApiError } from '@slotdeck/contract/errors';
import type { Console } from './console.ts';
import { printErrorReply, toApiError } from './http/error-reply.ts';
import { makeOpenApi } from './http/openapi.ts';
import { registerEndpoints } from './http/register-endpoints.ts';
import { DASHBOARD_MISSING, serveDashboard } from './http/serve-dashboard.ts';
import { registerStream } from './stream/stream-route.ts';

export interface AppSettings {
  version: string;
  publicOrigin: string | null;
  trustProxy: boolean;
  /** Folder of the built dashboard; null when there is none. */
  dashboard: string | null;
  /** Whether every answer is checked against the contract: in tests. */
  checkReplies: boolean;
  logger?: FastifyBaseLogger;
  /** Whether requests are taken. */
  isReady: () => boolean;
}

/** Certificates of a TLS cluster are the largest thing anybody sends. */
const BODY_LIMIT = 1_000_000;

/** Builds the network side from a console. No globals, and it does not listen: tests inject requests. */
export async function buildApp(parts: Console, settings: AppSettings): Promise<FastifyInstance> {
  const app = fastify({
    ...(settings.logger === undefined ? { logger: false } : { loggerInstance: settings.logger }),
    // Logged below in one line per request, without headers and bodies.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    trustProxy: settings.trustProxy,
    routerOptions: { maxParamLength: 200 },
    // A new request on a kept connection is answered 503 while shutting down, instead of hanging.
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  });
  app.removeContentTypeParser('text/plain');

  app.setErrorHandler((error, request, reply) => {
    const answer = toApiError(error);
    if (answer.status >= 500) request.log.error({ err: error, code: answer.code }, 'request failed');
    const { seconds } = answer.facts;
    if (typeof seconds === 'number') void reply.header('retry-after', seconds);
    return reply.code(answer.status).header('cache-control', 'no-store').send(printErrorReply(answer, request.id));
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    parts.metrics.requestDone(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
    request.log.debug(
      {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        address: request.ip,
      },
      'request',
    );
    done();
  });

  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // The component kit writes its colour variables into a style element at run time; there is no attribute it could
        // carry a nonce in without rendering the page anew for each request. Scripts stay strict.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: settings.publicOrigin?.startsWith('https:') === true,
    referrerPolicy: { policy: 'same-origin' },
  });
  await app.register(fastifyCookie);
  await app.register(fastifyWebsocket, { options: { maxPayload: 65_536 } });

  app.get('/healthz', () => ({ status: 'alive' }));
  app.get('/readyz', (_request, reply) => {
    const isReady = settings.isReady();
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not-ready' });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(parts.metrics.contentType).send(await parts.metrics.print()),
  );
  const openApi = makeOpenApi(settings.version);
  app.get('/api/openapi.json', () => openApi);
  const { publicOrigin, checkReplies } = settings;
  registerEndpoints(app, parts.handlers, { sessions: parts.sessions, publicOrigin, checkReplies });
  registerStream(app, parts.hub, { sessions: parts.sessions, publicOrigin });

  if (settings.dashboard !== null) await serveDashboard(app, settings.dashboard);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const isPage = request.method === 'GET' && !path.startsWith('/api') && !/\.\w+$/.test(path);
    if (!isPage) throw new ApiError('not-found', `There is nothing at ${path}.`, { path });
    if (settings.dashboard === null) return reply.code(503).type('text/plain; charset=utf-8').send(DASHBOARD_MISSING);
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  });
  return app;
}
