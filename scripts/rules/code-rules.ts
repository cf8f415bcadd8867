import { type ESTree, Visitor } from 'vite';
import type { Breach, Rule } from './rule.ts';
import { isCode, isTest, lineAt, type ParsedFile, parseFile, type SourceFile } from './source-file.ts';

type Report = (node: { readonly start: number }, what: string) => void;

/** A rule on the syntax tree of the files `where` picks. */
function onTree(
  where: (file: SourceFile) => boolean,
  look: (file: ParsedFile, report: Report) => void,
): Rule['breaches'] {
  return (file): Breach[] => {
    if (!isCode(file) || !where(file)) return [];
    const parsed = parseFile(file);
    const breaches: Breach[] = [];
    look(parsed, (node, what) => breaches.push({ path: file.path, line: lineAt(file.text, node.start), what }));
    return breaches;
  };
}

function isTypeScript({ path }: SourceFile): boolean {
  return /\.tsx?$/.test(path);
}

function isConst(node: ESTree.TSAsExpression): boolean {
  const type = node.typeAnnotation;
  return type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const';
}

/** Widening to `unknown` or asking for `const` claims nothing that could be untrue. */
function claimsNothing(node: ESTree.TSAsExpression): boolean {
  return isConst(node) || node.typeAnnotation.type === 'TSUnknownKeyword';
}

/** Whether a comment stands on the same line, or ends at most two lines above: far enough for a wrapped statement. */
function isExplained({ text, comments }: ParsedFile, node: { readonly start: number; readonly end: number }): boolean {
  const first = lineAt(text, node.start);
  const last = lineAt(text, node.end);
  return comments.some((comment) => {
    const from = lineAt(text, comment.start);
    const to = lineAt(text, comment.end);
    return to >= first - 2 && from <= last;
  });
}

const castRule: Rule = {
  name: 'a cast or a `!` says beside it why it is true',
  breaches: onTree(
    (file) => isTypeScript(file) && !isTest(file.path),
    (file, report) => {
      new Visitor({
        TSAsExpression: (node) => {
          if (!claimsNothing(node) && !isExplained(file, node)) report(node, 'this cast has no reason beside it');
        },
        TSNonNullExpression: (node) => {
          if (!isExplained(file, node)) report(node, 'this `!` has no reason beside it');
        },
      }).visit(file.program);
    },
  ),
  bad: [
    { path: 'packages/model/src/x.ts', text: 'export const id = (text: string) => text as NodeId;' },
    { path: 'packages/model/src/x.ts', text: 'export const first = (list: string[]) => list[0]!;' },
  ],
  good: [
    {
      path: 'packages/model/src/x.ts',
      text: '// The pattern above let only ids through.\nexport const a = b as NodeId;',
    },
    { path: 'packages/model/src/x.ts', text: "export const a = ['x'] as const;" },
  ],
};

const doubleCastRule: Rule = {
  name: 'nothing is cast through `unknown` or to `any`',
  breaches: onTree(isTypeScript, (file, report) => {
    new Visitor({
      TSAsExpression: (node) => {
        if (node.typeAnnotation.type === 'TSAnyKeyword') report(node, '`as any` turns the compiler off');
        const inner = node.expression;
        if (inner.type === 'TSAsExpression' && inner.typeAnnotation.type === 'TSUnknownKeyword') {
          report(node, '`as unknown as` makes any two types fit');
        }
      },
    }).visit(file.program);
  }),
  bad: [
    { path: 'packages/model/src/x.ts', text: 'export const a = b as any;' },
    { path: 'packages/model/src/x.test.ts', text: 'export const a = b as unknown as string;' },
  ],
  good: [{ path: 'packages/model/src/x.ts', text: 'export const a = b as unknown;' }],
};

function bodyOf(node: ESTree.Expression | ESTree.SpreadElement): ESTree.FunctionBody | null {
  if (node.type === 'ArrowFunctionExpression') return node.body.type === 'BlockStatement' ? node.body : null;
  return node.type === 'FunctionExpression' ? node.body : null;
}

/** `() => undefined`, `() => null`, `() => void 0`: an empty function in other words. */
function givesNothing(node: ESTree.Expression | ESTree.SpreadElement): boolean {
  if (node.type !== 'ArrowFunctionExpression') return false;
  const { body } = node;
  if (body.type === 'Identifier') return body.name === 'undefined';
  if (body.type === 'Literal') return body.value === null;
  return body.type === 'UnaryExpression' && body.operator === 'void';
}

function holdsComment({ comments }: ParsedFile, node: { readonly start: number; readonly end: number }): boolean {
  return comments.some(({ start, end }) => start >= node.start && end <= node.end);
}

const swallowRule: Rule = {
  name: 'no error is swallowed: an empty handler says why it may be empty',
  breaches: onTree(
    () => true,
    (file, report) => {
      new Visitor({
        CatchClause: (node) => {
          if (node.body.body.length === 0 && !holdsComment(file, node.body))
            report(node, 'an empty catch decides nothing');
        },
        CallExpression: (node) => {
          const { callee } = node;
          if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
          const handler = callee.property.name === 'catch' ? node.arguments[0] : undefined;
          if (handler === undefined || isExplained(file, handler)) return;
          if (bodyOf(handler)?.body.length === 0 || givesNothing(handler))
            report(handler, 'an empty .catch() decides nothing');
        },
      }).visit(file.program);
    },
  ),
  bad: [
    { path: 'packages/model/src/x.ts', text: 'try { f(); } catch {}' },
    { path: 'packages/model/src/x.ts', text: 'void f().catch(() => {});' },
    { path: 'packages/model/src/x.ts', text: 'void f().catch(() => undefined);' },
  ],
  good: [
    { path: 'packages/model/src/x.ts', text: 'try { f(); } catch (error) { decide(error); }' },
    {
      path: 'packages/model/src/x.ts',
      text: 'try { kill(pid); } catch { /* Already gone, which is what was wanted. */ }',
    },
  ],
};

const sleepRule: Rule = {
  name: 'a test waits for a condition, never for a time',
  breaches: onTree(
    ({ path }) => isTest(path),
    (file, report) => {
      new Visitor({
        CallExpression: (node) => {
          const { callee } = node;
          const member = callee.type === 'MemberExpression' ? callee.property : null;
          if (member?.type === 'Identifier' && member.name === 'waitForTimeout') {
            report(node, 'wait for what should be on the page instead');
          }
          if (callee.type !== 'Identifier' || callee.name !== 'setTimeout') return;
          const [first] = node.arguments;
          // `setTimeout(resolve, ms)` and the promise form `await setTimeout(ms)`; a guard that rejects later is no wait.
          const waits =
            first?.type === 'Literal' || (first?.type === 'Identifier' && /^(resolve|done|ok)$/.test(first.name));
          if (waits) report(node, 'use waitUntil from the testkit, or the hand clock');
        },
      }).visit(file.program);
    },
  ),
  bad: [
    { path: 'packages/cluster/test/x.test.ts', text: 'await new Promise((resolve) => setTimeout(resolve, 500));' },
    { path: 'e2e/specs/x.e2e.ts', text: 'await page.waitForTimeout(500);' },
  ],
  good: [{ path: 'packages/cluster/test/x.test.ts', text: "await waitUntil('the node is up', () => node.isRunning);" }],
};

const skipRule: Rule = {
  name: 'a skipped test says why, and none is left focused',
  breaches: onTree(
    ({ path }) => isTest(path),
    (file, report) => {
      new Visitor({
        MemberExpression: (node) => {
          const { object, property } = node;
          if (object.type !== 'Identifier' || !['test', 'it', 'describe'].includes(object.name)) return;
          if (property.type !== 'Identifier') return;
          if (property.name === 'only') report(node, 'a focused test hides all others');
          if (['skipIf', 'runIf', 'todo'].includes(property.name)) {
            report(node, `${property.name} gives no reason: skip inside the test, with one`);
          }
        },
        CallExpression: (node) => {
          const { callee, arguments: given } = node;
          if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
          if (callee.property.name !== 'skip' || callee.object.type !== 'Identifier') return;
          if (!['context', 'ctx', 'test', 'it', 'task'].includes(callee.object.name)) return;
          const [first, second] = given;
          const isRest = first?.type === 'Literal' && second?.type.endsWith('FunctionExpression') === true;
          if (first === undefined || isRest) {
            report(node, 'skip inside the test, with the reason as an argument: npm test prints it at its end');
          }
        },
      }).visit(file.program);
    },
  ),
  bad: [
    { path: 'packages/cluster/test/x.test.ts', text: "test.only('x', () => {});" },
    { path: 'packages/cluster/test/x.test.ts', text: "test('x', (context) => { context.skip(); });" },
    { path: 'packages/cluster/test/x.test.ts', text: "test.skip('x', () => {});" },
    { path: 'packages/cluster/test/x.test.ts', text: "test.skipIf(servers.length === 0)('x', () => {});" },
  ],
  good: [
    {
      path: 'packages/cluster/test/x.test.ts',
      text: "test('x', (context) => { context.skip('no Valkey 9.1 here'); });",
    },
  ],
};

/** `{ method, path, … }` in a table of endpoints. */
function isEndpoint(keys: readonly string[]): boolean {
  return keys.includes('method') && keys.includes('path');
}

function keysOf(node: ESTree.ObjectExpression): string[] {
  return node.properties.flatMap((one) =>
    one.type === 'Property' && one.key.type === 'Identifier' ? [one.key.name] : [],
  );
}

const needsRule: Rule = {
  name: 'every endpoint declares the permission it needs',
  breaches: onTree(
    ({ path }) => path.startsWith('packages/contract/src/'),
    (file, report) => {
      new Visitor({
        ObjectExpression: (node) => {
          const keys = keysOf(node);
          if (isEndpoint(keys) && !keys.includes('needs')) report(node, 'this endpoint names no permission');
        },
      }).visit(file.program);
    },
  ),
  bad: [{ path: 'packages/contract/src/x.ts', text: "export const x = { a: { method: 'GET', path: '/a' } };" }],
  good: [
    {
      path: 'packages/contract/src/x.ts',
      text: "export const x = { a: { method: 'GET', path: '/a', needs: 'clusters:read' } };",
    },
  ],
};

const routeRule: Rule = {
  name: 'a route below /api/v1 exists only through the endpoint table',
  breaches: onTree(
    ({ path }) => path.startsWith('apps/server/src/') && !isTest(path),
    (file, report) => {
      new Visitor({
        CallExpression: (node) => {
          const { callee, arguments: given } = node;
          if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
          if (!['get', 'post', 'put', 'patch', 'delete', 'all', 'route'].includes(callee.property.name)) return;
          const [first] = given;
          if (first?.type !== 'Literal' || typeof first.value !== 'string') return;
          if (first.value.startsWith('/api/v1') && first.value !== '/api/v1/stream') {
            report(node, `${first.value} is not in packages/contract, so nothing says who may call it`);
          }
        },
      }).visit(file.program);
    },
  ),
  bad: [{ path: 'apps/server/src/http/x.ts', text: "app.get('/api/v1/secret', () => 1);" }],
  good: [{ path: 'apps/server/src/stream/x.ts', text: "app.get('/api/v1/stream', { websocket: true }, serve);" }],
};

export const codeRules: readonly Rule[] = [
  castRule,
  doubleCastRule,
  swallowRule,
  sleepRule,
  skipRule,
  needsRule,
  routeRule,
];
