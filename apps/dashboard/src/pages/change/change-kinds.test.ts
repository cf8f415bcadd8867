import { describe, expect, test } from 'vitest';
import { nodeId } from '../../testing/cluster-fixture.ts';
import { requestOf, stepsOf, type Values } from './change-kinds.ts';
import { CHANGE_KINDS, type ChangeKind } from './change-names.ts';

const node = nodeId('a');

describe('a draft becomes the request that the server reads', () => {
  test.each<[ChangeKind, Values, unknown]>([
    ['rebalance', {}, { by: 'slots', threshold: 2, useEmpty: false, weights: {} }],
    ['rebalance', { by: 'keys', threshold: '0', useEmpty: 'yes' }, { by: 'keys', threshold: 0, useEmpty: true }],
    ['drain', { node }, { node, to: ['all'] }],
    ['remove-node', { node, then: 'shutdown', drain: 'yes' }, { node, then: 'shutdown', drain: true }],
    ['failover', { node }, { node, mode: 'normal' }],
    ['fix', {}, { choices: [], withUnreachable: false, acceptLoss: false }],
    [
      'fix',
      { slots: '1-5', choices: `1-2=${node}\nnonsense` },
      { slots: '1-5', choices: [{ slots: '1-2', owner: node }] },
    ],
    [
      'create',
      { nodes: 'a:1\nb:2, [::1]:3', replicas: '1', zones: 'a:1=x' },
      { nodes: ['a:1', 'b:2', '[::1]:3'], replicas: 1, zones: { 'a:1': 'x' }, allowFew: false },
    ],
    [
      'import',
      { from: 'a:1', sourcePassword: 'never here', copy: 'yes', databases: '0, 2' },
      { from: 'a:1', fromTls: false, copy: true, replace: false, databases: [0, 2] },
    ],
    ['set-timeout', { ms: '5000' }, { ms: 5000 }],
  ])('%s of %o', (kind, values, params) => {
    expect(requestOf(kind, values)).toMatchObject({ kind, params });
  });

  test.each<[ChangeKind, Values]>([
    ['add-node', { address: 'no address' }],
    ['set-timeout', { ms: '10' }],
    ['create', { nodes: '' }],
    ['import', { from: 'a:1', databases: 'first' }],
    ['failover', { node, mode: 'hard' }],
  ])('%s of %o is none', (kind, values) => {
    expect(requestOf(kind, values)).toBeNull();
  });

  test('a step that has nothing to choose is left out', () => {
    const short = CHANGE_KINDS.filter((kind) => !stepsOf(kind).includes('where'));
    expect(short).toEqual(['detach', 'set-timeout']);
  });
});
