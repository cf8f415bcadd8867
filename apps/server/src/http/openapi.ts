import { z } from 'zod';
import type { Endpoint } from '@slotdeck/contract/endpoint';
import { endpoints } from '@slotdeck/contract/endpoints';
import { ErrorReply, ERRORS, type ErrorCode } from '@slotdeck/contract/errors';

type Json = Record<string, unknown>;

/** Errors that every endpoint may answer with. */
const EVERYWHERE: readonly ErrorCode[] = ['invalid-request', 'not-signed-in', 'not-allowed', 'internal'];

/** The contract's tables as an OpenAPI 3.1 document. */
export function makeOpenApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [name, endpoint] of Object.entries<Endpoint>(endpoints)) {
    const path = `/api/v1${endpoint.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describeEndpoint(name, endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Slotdeck', version, description: 'Shows and steers Redis and Valkey clusters.' },
    paths,
    components: {
      schemas: { Error: shapeOf(ErrorReply, 'output') },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'slotdeck_session' } },
    },
  };
}

function describeEndpoint(name: string, endpoint: Endpoint): Json {
  return {
    operationId: name,
    summary: endpoint.summary,
    description: `Needs: \`${endpoint.needs}\`.`,
    security: endpoint.needs === 'public' ? [] : [{ session: [] }],
    parameters: [...parametersOf(endpoint.params, 'path'), ...parametersOf(endpoint.query, 'query')],
    ...(endpoint.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: shapeOf(endpoint.body, 'input') } } },
        }),
    responses: {
      [endpoint.success]:
        endpoint.success === 204
          ? { description: 'Done' }
          : { description: 'Done', content: { 'application/json': { schema: shapeOf(endpoint.reply, 'output') } } },
      ...errorsOf(endpoint),
    },
  };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  return Object.entries<z.core.$ZodType>(schema.shape).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: shapeOf(field, 'input'),
  }));
}

/** Several codes may share a status; each is told with its meaning. */
function errorsOf(endpoint: Endpoint): Json {
  const byStatus = new Map<number, string[]>();
  for (const code of new Set([...EVERYWHERE, ...endpoint.errors])) {
    const { status, means } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${means}`]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      status,
      {
        description: lines.join('\n\n'),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

/** Transforms have no JSON Schema of their own; what goes into them has. */
function shapeOf(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    reused: 'inline',
  });
  return shape;
}
