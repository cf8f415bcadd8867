import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '@slotdeck/contract/endpoint';
import { endpoints } from '@slotdeck/contract/endpoints';
import { ErrorReply } from '@slotdeck/contract/errors';
import { fillPath } from '@slotdeck/contract/client';
import { can, Role, type Principal } from '@slotdeck/model/access';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { openLab, PASSWORD, type ConsoleLab } from '../test/console-lab.ts';

const clock = createHandClock();
let lab: ConsoleLab;
let expired = '';

beforeAll(async () => {
  lab = await openLab({ clock });
  expired = lab.cookie('admin');
  await clock.advance(3_600_001);
});
afterAll(() => lab.close());

const table = Object.entries<Endpoint>(endpoints);
const urlOf = (endpoint: Endpoint): string =>
  `/api/v1${fillPath(endpoint.path, { clusterId: 'cl-none', planId: 'pl-none', operationId: 'op-none' })}`;

interface Sent {
  cookie?: string;
  origin?: string;
}

/** Nothing can come of it where it is let in: the ids name nothing, and a body is empty. */
async function send(endpoint: Endpoint, { cookie, origin }: Sent): Promise<{ status: number; code: string }> {
  const answer = await lab.app.inject({
    method: endpoint.method,
    url: urlOf(endpoint),
    headers: { ...(cookie === undefined ? {} : { cookie }), ...(origin === undefined ? {} : { origin }) },
    ...(endpoint.method === 'POST' ? { payload: {} } : {}),
  });
  const read = ErrorReply.safeParse(answer.body === '' ? null : answer.json());
  return { status: answer.statusCode, code: read.success ? read.data.error.code : '' };
}

const refusals = ['not-signed-in', 'not-allowed', 'wrong-origin'];

describe.each(table)('%s', (_, endpoint) => {
  test.each(['anonymous', 'expired', ...Role.options] as const)('as %s: exactly what is declared', async (who) => {
    const role = Role.safeParse(who);
    const principal: Principal = role.success
      ? { kind: 'user', id: '', name: '', role: role.data }
      : { kind: 'anonymous' };
    const cookie = who === 'anonymous' ? {} : { cookie: role.success ? lab.cookie(role.data) : expired };
    const { status, code } = await send(endpoint, cookie);
    if (!can(principal, endpoint.needs)) {
      const expected = role.success ? { status: 403, code: 'not-allowed' } : { status: 401, code: 'not-signed-in' };
      expect({ status, code }).toEqual(expected);
    } else {
      expect(refusals).not.toContain(code);
      expect(status).toBeLessThan(500);
    }
  });

  test('a request of another site changes nothing, whoever is signed in', async () => {
    const { code } = await send(endpoint, { cookie: lab.cookie('admin'), origin: 'https://evil.example' });
    if (endpoint.method === 'GET') expect(refusals).not.toContain(code);
    else expect(code).toBe('wrong-origin');
  });
});

test('whoever may not ask is told so before what they sent is read', async () => {
  const answer = await lab.app.inject({
    method: 'POST',
    url: '/api/v1/clusters',
    headers: { 'content-type': 'application/json' },
    payload: '{"name": ',
  });
  expect(answer.statusCode).toBe(401);
});

test('every route of the server is in the contract, or is one of the few that need nobody', () => {
  const declared = new Set(table.map(([, { method, path }]) => `${method} /api/v1${path}`));
  const open = ['/healthz', '/readyz', '/metrics', '/api/openapi.json', '/api/v1/stream'].map((path) => `GET ${path}`);
  const routes = readRoutes(lab.app.printRoutes({ commonPrefix: false }));
  expect(routes.filter((route) => !declared.has(route) && !open.includes(route))).toEqual([]);
  expect(routes).toEqual(expect.arrayContaining([...declared]));
});

/** Fastify draws its routes as a tree with the methods in brackets. */
function readRoutes(tree: string): string[] {
  const path: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const read = /^(?<indent>[│ ]*)[├└]── (?<part>\S*)(?: \((?<methods>[^)]*)\))?$/.exec(line)?.groups;
    if (read === undefined) return [];
    path.length = (read['indent'] ?? '').length / 4;
    path.push(read['part'] ?? '');
    const methods = read['methods']?.split(', ') ?? [];
    return methods
      .filter((method) => !['HEAD', 'OPTIONS'].includes(method))
      .map((method) => `${method} ${path.join('')}`);
  });
}

describe('signing in', () => {
  const signIn = (body: object, origin?: string) =>
    lab.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) },
    });

  test('gives a cookie that scripts and other sites do not get, and no token in the answer', async () => {
    const answer = await signIn({ username: 'Operator', password: PASSWORD });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ user: { name: 'operator', role: 'operator' } });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^slotdeck_session=[\w-]{43}; /);
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part);
    expect(answer.body).not.toContain(cookie.slice(17, 60));
    const again = await lab.app.inject({
      url: '/api/v1/session',
      headers: { cookie: cookie.split(';')[0] ?? '' },
    });
    expect(again.json()).toMatchObject({ user: { name: 'operator' } });
  });

  test('says the same of a wrong password and of an unknown user', async () => {
    const wrong = await signIn({ username: 'viewer', password: 'not this one' });
    const unknown = await signIn({ username: 'nobody', password: 'not this one' });
    expect(wrong.statusCode).toBe(401);
    const bare = (answer: typeof wrong) => {
      const { code, message, facts } = ErrorReply.parse(answer.json()).error;
      return { code, message, facts };
    };
    expect(bare(unknown)).toEqual(bare(wrong));
    expect(wrong.headers['set-cookie']).toBeUndefined();
  });

  test('is refused to a page of another site', async () => {
    const answer = await signIn({ username: 'viewer', password: PASSWORD }, 'https://evil.example');
    expect(answer.json()).toMatchObject({ error: { code: 'wrong-origin' } });
  });

  test('is refused after five failures, also with the right password, until a minute has passed', async () => {
    const codes: unknown[] = [];
    for (let count = 0; count < 6; count += 1) {
      const answer = await signIn({ username: 'admin', password: `guess ${count}` });
      codes.push(answer.statusCode);
    }
    expect(codes).toEqual([401, 401, 401, 401, 401, 429]);
    const right = await signIn({ username: 'admin', password: PASSWORD });
    expect(right.json()).toMatchObject({ error: { code: 'too-many-tries', facts: { seconds: 60 } } });
    expect((await signIn({ username: 'viewer', password: PASSWORD })).statusCode).toBe(200);
    await clock.advance(60_000);
    expect((await signIn({ username: 'admin', password: PASSWORD })).statusCode).toBe(200);
  });

  test('guesses sent at the same time are counted too', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => signIn({ username: 'parallel', password: `guess ${at}` })),
    );
    expect(answers.filter((answer) => answer.statusCode === 401)).toHaveLength(5);
    expect(answers.filter((answer) => answer.statusCode === 429)).toHaveLength(15);
  });

  test('and out: the session is worth nothing any more', async () => {
    const cookie = lab.cookie('viewer');
    const out = await lab.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie } });
    expect(out.statusCode).toBe(204);
    expect(String(out.headers['set-cookie'])).toMatch(/slotdeck_session=;.*Expires=Thu, 01 Jan 1970/);
    const after = await lab.app.inject({ url: '/api/v1/clusters', headers: { cookie } });
    expect(after.statusCode).toBe(401);
  });
});

describe('what is not understood', () => {
  const admin = () => ({ cookie: lab.cookie('admin') });

  test('is answered with every field that is wrong', async () => {
    const answer = await lab.app.inject({
      method: 'POST',
      url: '/api/v1/clusters',
      headers: admin(),
      payload: { name: '', seeds: ['host:0', 'a b'], shape: 'round' },
    });
    expect(answer.statusCode).toBe(400);
    const { code, facts } = ErrorReply.parse(answer.json()).error;
    expect(code).toBe('invalid-request');
    const paths = JSON.stringify(facts['issues']);
    for (const path of ['"name"', '"seeds.0"', '"seeds.1"', 'shape']) expect(paths).toContain(path);
  });

  test.each([
    ['no JSON', '{"name":', 'application/json', 'invalid-request'],
    ['a form', 'name=x', 'application/x-www-form-urlencoded', 'invalid-request'],
    ['text', '{}', 'text/plain', 'invalid-request'],
    ['too much', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 'application/json', 'too-large'],
  ])('as %s it gets a reason', async (_, payload, type, code) => {
    const headers = { ...admin(), 'content-type': type };
    const answer = await lab.app.inject({ method: 'POST', url: '/api/v1/clusters', headers, payload });
    expect(answer.json()).toMatchObject({ error: { code } });
  });

  test('an id of the wrong shape is an invalid request, a well-formed one that names nothing is not found', async () => {
    const get = async (url: string) => (await lab.app.inject({ url, headers: admin() })).json<unknown>();
    expect(await get('/api/v1/clusters/nonsense')).toMatchObject({ error: { code: 'invalid-request' } });
    expect(await get('/api/v1/clusters/cl-none')).toMatchObject({ error: { code: 'not-found' } });
    expect(await get('/api/v1/operations/op-none')).toMatchObject({ error: { code: 'not-found' } });
    expect(await get('/api/v1/nothing/here')).toMatchObject({ error: { code: 'not-found' } });
  });

  test('an answer carries a request id and is not kept by anybody', async () => {
    const answer = await lab.app.inject({ url: '/api/v1/clusters/cl-none', headers: admin() });
    expect(ErrorReply.parse(answer.json()).error.requestId).not.toBe('');
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

test('without a built dashboard the page says how to build it, and paths of files are not found', async () => {
  const page = await lab.app.inject({ url: '/clusters/cl-x/slots' });
  expect(page.statusCode).toBe(503);
  expect(page.body).toContain('npm run build');
  expect((await lab.app.inject({ url: '/assets/none.js' })).statusCode).toBe(404);
});

test('every answer forbids foreign scripts and frames', async () => {
  const answer = await lab.app.inject({ url: '/healthz' });
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
});

test('the description of the API names every endpoint and what it needs', async () => {
  const answer = await lab.app.inject({ url: '/api/openapi.json' });
  for (const [name, { needs }] of table) {
    expect(answer.body).toContain(`"operationId":"${name}"`);
    expect(answer.body).toContain(`Needs: \`${needs}\``);
  }
});

test('health and metrics need nobody and name no cluster', async () => {
  expect((await lab.app.inject({ url: '/healthz' })).json()).toEqual({ status: 'alive' });
  expect((await lab.app.inject({ url: '/readyz' })).statusCode).toBe(200);
  const metrics = await lab.app.inject({ url: '/metrics' });
  expect(metrics.body).toContain('slotdeck_http_request_seconds_bucket');
});

test('nothing was reported as broken', () => {
  expect(lab.faults).toEqual([]);
  expect(lab.logged.filter((line) => line.includes('"level":50'))).toEqual([]);
});
