import { expect, test } from 'vitest';
import { NoAnswer } from '@slotdeck/contract/client';
import { ApiError, ERRORS, isErrorCode } from '@slotdeck/contract/errors';
import { FindingCode } from '@slotdeck/model/finding';
import { ViewProblem } from '@slotdeck/model/topology';
import { fixtureFinding, fixtureTopology, nodeId } from '../testing/cluster-fixture.ts';
import { zh } from '../words/catalogue-zh.ts';
import { ENGLISH } from '../words/language.ts';
import { makeWords } from '../words/words.ts';
import { explainError } from './explain-error.ts';
import { explainEvent } from './explain-event.ts';
import { explainEvidence, explainFinding } from './explain-finding.ts';
import { explainOperationProblem } from './explain-operation-problem.ts';
import { explainPlanProblem, explainStale } from './explain-plan-problem.ts';
import { explainViewProblem } from './explain-view-problem.ts';

const CHINESE = makeWords('zh', zh);
const errorCodes = Object.keys(ERRORS).filter(isErrorCode);

test.each(errorCodes)('the error %s is explained in both languages', (code) => {
  for (const words of [ENGLISH, CHINESE]) {
    const { title, detail, requestId } = explainError(new ApiError(code, 'raw', {}, 'rq-7'), words);
    expect(title).not.toContain('errors.');
    expect(detail).not.toContain('errors.');
    expect(requestId).toBe('rq-7');
  }
});

test('a field that the server refused is named', () => {
  const facts = { issues: [{ path: 'seeds.0', message: 'a port is a number from 1 to 65535' }] };
  expect(explainError(new ApiError('invalid-request', '', facts), ENGLISH).detail).toBe(
    'Check what was entered: seeds.0: a port is a number from 1 to 65535',
  );
});

test('no answer and the unexpected are told apart, with what was seen', () => {
  expect(explainError(new NoAnswer('Failed to fetch'), ENGLISH)).toMatchObject({
    title: 'The server does not answer.',
    seen: 'Failed to fetch',
  });
  expect(explainError(new TypeError('x is undefined'), ENGLISH).seen).toBe('x is undefined');
});

test.each(FindingCode.options)('the finding %s says what is so, what follows and what to do', (code) => {
  for (const words of [ENGLISH, CHINESE]) {
    const finding = fixtureFinding({
      code,
      nodes: [nodeId('a'), nodeId('b')],
      slots: [[0, 4]],
      facts: { address: '10.0.0.9:6379' },
    });
    const said = Object.values(explainFinding(finding, fixtureTopology(), words));
    for (const text of said) expect(text).not.toMatch(/findings\.|\{|not known|未知/);
  }
});

test('a finding about all of the cluster does not blame one node', () => {
  const finding = fixtureFinding({
    code: 'primary-without-replica',
    nodes: [],
    facts: { everywhere: true, count: 3, node: null },
  });
  expect(explainFinding(finding, null, ENGLISH).title).toBe('None of the 3 primaries has a replica.');
});

test('a primary without replica says how many slots hang on it, although the finding names none', () => {
  const finding = fixtureFinding({ code: 'primary-without-replica', facts: { node: 'orders-a1', count: 5461 } });
  expect(explainFinding(finding, null, ENGLISH).detail).toContain('its 5,461 slots');
});

test('evidence names who says it', () => {
  expect(explainEvidence(fixtureFinding(), fixtureTopology(), ENGLISH)).toEqual(['orders-b1 says fail']);
});

test.each(ViewProblem.shape.code.options)('the answer %s says what was seen and what to try', (code) => {
  for (const words of [ENGLISH, CHINESE]) {
    const { seen, toTry } = explainViewProblem({ code, seen: 'ECONNREFUSED' }, '10.0.0.5:6379', words);
    expect(seen).toContain('10.0.0.5:6379');
    expect(toTry).not.toContain('problems.');
  }
});

test('what a plan objects to is worded with units, and an unknown code keeps the sentence of the server', () => {
  const problem = { severity: 'blocker', message: 'raw', code: 'memory-exceeded' } as const;
  const facts = { name: 'orders-c1', needed: 2 * 1024 ** 3, limit: 1024 ** 3 };
  expect(explainPlanProblem({ ...problem, facts }, ENGLISH)).toContain(
    'orders-c1 would need about 2.00 GiB but may use 1.00 GiB',
  );
  expect(explainPlanProblem({ ...problem, code: 'from-the-future', facts: {} }, ENGLISH)).toBe('raw');
});

test('what made a plan stale is named', () => {
  const change = { code: 'slots-changed', facts: { name: 'orders-a1', added: '', removed: '0-99,200' } };
  expect(explainStale(change, ENGLISH)).toBe('The slots of orders-a1 changed: came –, went 0–99, 200.');
});

test('why an operation stopped is worded, and an unknown code keeps the sentence of the server', () => {
  const facts = { name: 'orders-a1', seen: 'OOM' };
  expect(explainOperationProblem({ code: 'target-out-of-memory', message: 'raw', facts }, ENGLISH)).toContain(
    'orders-a1 refuses keys',
  );
  expect(explainOperationProblem({ code: 'from-the-future', message: 'raw', facts }, ENGLISH)).toBe('raw');
});

test('a change is told with the words used everywhere else', () => {
  const event = { code: 'health-changed', facts: { name: 'orders-a1', from: 'healthy', to: 'failed' } };
  expect(explainEvent(event, ENGLISH)).toBe('orders-a1 was healthy and is failed now.');
  expect(explainEvent({ code: 'epoch-changed', facts: { name: 'a', from: 1200, to: 1201 } }, ENGLISH)).toContain(
    'from 1200 to 1201',
  );
});
