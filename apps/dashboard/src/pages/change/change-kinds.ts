import { planParams, type PlanAsked } from '@slotdeck/model/plan';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import type { ChangeKind } from './change-names.ts';

export type FieldName =
  | 'node'
  | 'primary'
  | 'to'
  | 'address'
  | 'as'
  | 'by'
  | 'threshold'
  | 'useEmpty'
  | 'mode'
  | 'then'
  | 'drain'
  | 'slots'
  | 'choices'
  | 'withUnreachable'
  | 'acceptLoss'
  | 'nodes'
  | 'replicas'
  | 'zones'
  | 'allowFew'
  | 'allowSameZone'
  | 'ms'
  | 'from'
  | 'fromUsername'
  | 'sourcePassword'
  | 'fromTls'
  | 'copy'
  | 'replace'
  | 'keysPerSecond'
  | 'databases'
  | 'driver'
  | 'leaveLarge';

export type Option =
  | 'slots'
  | 'keys'
  | 'memory'
  | 'primary'
  | 'replica'
  | 'reset'
  | 'reset-hard'
  | 'shutdown'
  | 'normal'
  | 'force'
  | 'takeover'
  | 'classic'
  | 'atomic';

export type Field = { readonly name: FieldName; readonly step: 'what' | 'where' } & (
  | { readonly form: 'node'; readonly fits: (node: TopologyNode) => boolean; readonly isOptional?: boolean }
  | { readonly form: 'choice'; readonly options: readonly Option[] }
  | { readonly form: 'text' | 'lines' | 'number'; readonly isOptional?: boolean }
  | { readonly form: 'flag' }
  /** Never in the URL: a reload asks for it again, unless the server has it. */
  | { readonly form: 'secret' }
);

const isPrimary = ({ role }: TopologyNode): boolean => role === 'primary';
const isReplica = ({ role }: TopologyNode): boolean => role === 'replica';
const hasSlots = (node: TopologyNode): boolean => isPrimary(node) && node.slots.length > 0;

/**
 * Changes of a cluster that are planned from a form, each with the fields that its request needs. A draft is the kind and the texts of the
 * fields; it stands in the URL, so that it survives a reload and can be sent to a colleague.
 */
export const FIELDS: Readonly<Record<ChangeKind, readonly Field[]>> = {
  rebalance: [
    { name: 'by', step: 'what', form: 'choice', options: ['slots', 'keys', 'memory'] },
    { name: 'threshold', step: 'what', form: 'number', isOptional: true },
    { name: 'useEmpty', step: 'where', form: 'flag' },
    { name: 'driver', step: 'where', form: 'choice', options: ['classic', 'atomic'] },
    { name: 'leaveLarge', step: 'where', form: 'flag' },
  ],
  drain: [
    { name: 'node', step: 'what', form: 'node', fits: hasSlots },
    { name: 'to', step: 'where', form: 'node', fits: isPrimary, isOptional: true },
    { name: 'driver', step: 'where', form: 'choice', options: ['classic', 'atomic'] },
    { name: 'leaveLarge', step: 'where', form: 'flag' },
  ],
  'add-node': [
    { name: 'address', step: 'what', form: 'text' },
    { name: 'as', step: 'where', form: 'choice', options: ['primary', 'replica'] },
    { name: 'primary', step: 'where', form: 'node', fits: hasSlots, isOptional: true },
  ],
  'remove-node': [
    { name: 'node', step: 'what', form: 'node', fits: () => true },
    { name: 'drain', step: 'where', form: 'flag' },
    { name: 'then', step: 'where', form: 'choice', options: ['reset', 'reset-hard', 'shutdown'] },
  ],
  failover: [
    { name: 'node', step: 'what', form: 'node', fits: isReplica },
    { name: 'mode', step: 'where', form: 'choice', options: ['normal', 'force', 'takeover'] },
  ],
  replicate: [
    { name: 'node', step: 'what', form: 'node', fits: (node) => node.slots.length === 0 },
    { name: 'primary', step: 'where', form: 'node', fits: hasSlots },
  ],
  detach: [{ name: 'node', step: 'what', form: 'node', fits: isReplica }],
  fix: [
    { name: 'slots', step: 'what', form: 'text', isOptional: true },
    { name: 'choices', step: 'where', form: 'lines', isOptional: true },
    { name: 'withUnreachable', step: 'where', form: 'flag' },
    { name: 'acceptLoss', step: 'where', form: 'flag' },
  ],
  create: [
    { name: 'nodes', step: 'what', form: 'lines' },
    { name: 'replicas', step: 'what', form: 'number', isOptional: true },
    { name: 'zones', step: 'where', form: 'lines', isOptional: true },
    { name: 'allowSameZone', step: 'where', form: 'flag' },
    { name: 'allowFew', step: 'where', form: 'flag' },
  ],
  import: [
    { name: 'from', step: 'what', form: 'text' },
    { name: 'fromUsername', step: 'what', form: 'text', isOptional: true },
    { name: 'sourcePassword', step: 'what', form: 'secret' },
    { name: 'fromTls', step: 'what', form: 'flag' },
    { name: 'copy', step: 'where', form: 'flag' },
    { name: 'replace', step: 'where', form: 'flag' },
    { name: 'keysPerSecond', step: 'where', form: 'number', isOptional: true },
    { name: 'databases', step: 'where', form: 'text', isOptional: true },
  ],
  'set-timeout': [{ name: 'ms', step: 'what', form: 'number' }],
};

export type ChangeStep = 'what' | 'where' | 'checks' | 'review';

/** Where a kind has nothing more to choose, its wizard has a step less. */
export function stepsOf(kind: ChangeKind): readonly ChangeStep[] {
  const hasWhere = FIELDS[kind].some(({ step }) => step === 'where');
  return hasWhere ? ['what', 'where', 'checks', 'review'] : ['what', 'checks', 'review'];
}

/** What was typed or chosen, by field; absent: nothing yet. */
export type Values = { readonly [name in FieldName]?: string | undefined };

/** What a field stands at while nobody has touched it. */
export function valueOf(field: Field, values: Values): string {
  return values[field.name] ?? (field.form === 'choice' ? (field.options[0] ?? '') : '');
}

export type FieldProblem = { readonly field: FieldName; readonly why: 'missing' | 'not-a-number' | 'gone' };

/** What keeps a step from being left, the first of it; null: nothing. */
export function stepProblem(
  kind: ChangeKind,
  step: 'what' | 'where',
  values: Values,
  topology: Topology,
): FieldProblem | null {
  for (const field of FIELDS[kind]) {
    if (field.step !== step || field.form === 'flag' || field.form === 'choice' || field.form === 'secret') continue;
    const value = valueOf(field, values).trim();
    if (value === '') {
      if (field.isOptional !== true) return { field: field.name, why: 'missing' };
    } else if (field.form === 'number' && !Number.isFinite(Number(value)))
      return { field: field.name, why: 'not-a-number' };
    else if (field.form === 'node' && !topology.nodes.some(({ id }) => id === value)) {
      return { field: field.name, why: 'gone' };
    }
  }
  return null;
}

/** The request that the draft stands for; null where it is no request. What the server objects to is in its plan. */
export function requestOf(kind: ChangeKind, values: Values): PlanAsked | null {
  const text = (name: FieldName): string | undefined => {
    const field = FIELDS[kind].find((each) => each.name === name);
    const value = field === undefined ? '' : valueOf(field, values).trim();
    return value === '' ? undefined : value;
  };
  const number = (name: FieldName): number | undefined => {
    const value = text(name);
    return value === undefined ? undefined : Number(value);
  };
  const flag = (name: FieldName): boolean => text(name) === 'yes';
  const lines = (name: FieldName): string[] => (text(name) ?? '').split(/[\s,]+/).filter((each) => each !== '');
  const pairs = (name: FieldName): [string, string][] =>
    (text(name) ?? '').split('\n').flatMap((line): [string, string][] => {
      const [left, right] = line.split('=');
      return right === undefined ? [] : [[(left ?? '').trim(), right.trim()]];
    });
  const driver = (): { driver?: string; largeKeys?: string } => ({
    ...(text('driver') === 'atomic' ? { driver: 'atomic' } : {}),
    ...(flag('leaveLarge') ? { largeKeys: 'leave' } : {}),
  });
  const params = {
    rebalance: () => ({
      by: text('by'),
      threshold: number('threshold'),
      useEmpty: flag('useEmpty'),
      ...driver(),
    }),
    drain: () => ({ node: text('node'), to: [text('to') ?? 'all'], ...driver() }),
    'add-node': () => ({ address: text('address'), as: text('as'), primary: text('primary') }),
    'remove-node': () => ({ node: text('node'), then: text('then'), drain: flag('drain') }),
    failover: () => ({ node: text('node'), mode: text('mode') }),
    replicate: () => ({ node: text('node'), primary: text('primary') }),
    detach: () => ({ node: text('node') }),
    fix: () => ({
      slots: text('slots'),
      choices: pairs('choices').map(([slots, owner]) => ({ slots, owner })),
      withUnreachable: flag('withUnreachable'),
      acceptLoss: flag('acceptLoss'),
    }),
    create: () => ({
      nodes: lines('nodes'),
      replicas: number('replicas'),
      zones: Object.fromEntries(pairs('zones')),
      allowFew: flag('allowFew'),
      allowSameZone: flag('allowSameZone'),
    }),
    import: () => ({
      from: text('from'),
      fromUsername: text('fromUsername'),
      fromTls: flag('fromTls'),
      copy: flag('copy'),
      replace: flag('replace'),
      keysPerSecond: number('keysPerSecond'),
      databases: text('databases') === undefined ? undefined : lines('databases').map(Number),
    }),
    'set-timeout': () => ({ ms: number('ms') }),
  }[kind]();
  return read(kind, params);
}

/** Each kind by its own schema, which fills in what was left out. */
function read(kind: ChangeKind, params: unknown): PlanAsked | null {
  switch (kind) {
    case 'rebalance':
      return asked(kind, planParams.rebalance.safeParse(params));
    case 'drain':
      return asked(kind, planParams.drain.safeParse(params));
    case 'add-node':
      return asked(kind, planParams['add-node'].safeParse(params));
    case 'remove-node':
      return asked(kind, planParams['remove-node'].safeParse(params));
    case 'failover':
      return asked(kind, planParams.failover.safeParse(params));
    case 'replicate':
      return asked(kind, planParams.replicate.safeParse(params));
    case 'detach':
      return asked(kind, planParams.detach.safeParse(params));
    case 'fix':
      return asked(kind, planParams.fix.safeParse(params));
    case 'create':
      return asked(kind, planParams.create.safeParse(params));
    case 'import':
      return asked(kind, planParams.import.safeParse(params));
    case 'set-timeout':
      return asked(kind, planParams['set-timeout'].safeParse(params));
  }
}

function asked<K extends string, P>(
  kind: K,
  result: { readonly success: true; readonly data: P } | { readonly success: false },
): { readonly kind: K; readonly params: P } | null {
  return result.success ? { kind, params: result.data } : null;
}

/** Kinds that begin with one node, and are offered where that node stands. */
export const OF_A_NODE = ['failover', 'replicate', 'detach', 'drain', 'remove-node'] as const;

/** Why a change is not offered for a node; null: it is. */
export function notForNode(
  kind: (typeof OF_A_NODE)[number],
  node: TopologyNode,
): 'only-replica' | 'only-with-slots' | 'has-slots' | null {
  switch (kind) {
    case 'failover':
    case 'detach':
      return isReplica(node) ? null : 'only-replica';
    case 'drain':
      return hasSlots(node) ? null : 'only-with-slots';
    case 'replicate':
      return node.slots.length === 0 ? null : 'has-slots';
    case 'remove-node':
      return null;
  }
}
