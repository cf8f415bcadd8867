import { printAddress, parseAddress } from '@slotdeck/cluster/connection/node-address';
import { Pace } from '@slotdeck/model/pace';
import { planParams, SlotDriver, type PlanAsked } from '@slotdeck/model/plan';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { UsageError } from '../usage-error.ts';
import type { OperationWords } from './operation-words.ts';

/** Asks for one line of standard input. */
export type Ask = (question: string) => Promise<string>;

/** Reads what was asked for against the cluster as it is. What `reshard` was not told is asked for, as redis-cli does. @throws UsageError */
export async function requestOf(words: OperationWords, topology: Topology, ask: Ask): Promise<PlanAsked> {
  const request = await readRequest(words, topology, ask);
  // What may stand in a plan is said in one place: a fraction of a slot, or a mode that does not exist, is refused by the same rules.
  const read = planParams[request.kind].safeParse(request.params);
  if (read.success) return request;
  const [issue] = read.error.issues;
  throw new UsageError(`${issue?.path.join('.') ?? 'What was asked for'}: ${issue?.message ?? 'makes no sense'}`);
}

/** @throws UsageError */
export function paceNamed(text: string | undefined): Pace {
  const pace = Pace.safeParse(text ?? 'balanced');
  if (pace.success) return pace.data;
  throw new UsageError(
    `"${text ?? ''}" is no pace; there are gentle, balanced and fast, and the milliseconds that a client may wait, as in 5ms, from 1 to 1000.`,
  );
}

async function readRequest(words: OperationWords, topology: Topology, ask: Ask): Promise<PlanAsked> {
  const node = (text: string | undefined, what: string): string => nodeNamed(text, what, topology).id;
  const { value, has, list } = words;
  switch (words.kind) {
    case 'create':
      return createRequest(words, topology, ask);
    case 'import':
      return importRequest(words);
    case 'fix': {
      const slots = value('slot-ranges');
      return {
        kind: 'fix',
        params: {
          ...(slots === undefined ? {} : { slots }),
          choices: words.choices.map((each) => {
            const [ranges, name] = each.split('=');
            return { slots: ranges ?? '', owner: node(name, 'owner') };
          }),
          withUnreachable: has('with-unreachable'),
          acceptLoss: has('accept-loss'),
        },
      };
    }
    case 'reshard':
      return reshardRequest(words, topology, ask);
    case 'rebalance': {
      const weights = Object.fromEntries(
        words.weights.map((each): [string, number] => {
          const [name, number] = each.split('=');
          return [node(name, 'weight'), numberOf(number, 'weight')];
        }),
      );
      return {
        kind: 'rebalance',
        params: {
          ...waysOf(words),
          by: oneOf(planParams.rebalance.shape.by.unwrap().options, value('by') ?? 'slots', 'by'),
          weights,
          useEmpty: has('use-empty'),
          threshold: value('threshold') === undefined ? 2 : numberOf(value('threshold'), 'threshold'),
        },
      };
    }
    case 'drain':
      return {
        kind: 'drain',
        params: { ...waysOf(words), node: node(value('node'), 'node'), to: toList(list('to'), topology) },
      };
    case 'failover':
      return {
        kind: 'failover',
        params: {
          node: node(value('node'), 'node'),
          mode: oneOf(planParams.failover.shape.mode.unwrap().options, value('mode') ?? 'normal', 'mode'),
        },
      };
    case 'replicate':
      return {
        kind: 'replicate',
        params: { node: node(value('node'), 'node'), primary: node(value('primary'), 'primary') },
      };
    case 'detach':
      return { kind: 'detach', params: { node: node(value('node'), 'node') } };
    case 'set-timeout':
      return { kind: 'set-timeout', params: { ms: numberOf(words.rest[0], 'timeout') } };
    case 'add-node': {
      const as = has('replica') || value('as') === 'replica' || value('primary') !== undefined ? 'replica' : 'primary';
      const primary = value('primary');
      const address = parseAddress(words.newcomer ?? '');
      if (address === null) throw new UsageError(`"${words.newcomer ?? ''}" is no address; it has the form host:port.`);
      return {
        kind: 'add-node',
        params: {
          address: printAddress(address),
          as,
          ...(primary === undefined ? {} : { primary: node(primary, 'primary') }),
        },
      };
    }
    case 'remove-node':
      return {
        kind: 'remove-node',
        params: {
          node: node(words.rest[0] ?? value('node'), 'node'),
          then: oneOf(planParams['remove-node'].shape.then.unwrap().options, value('then') ?? 'reset', 'then'),
          drain: has('drain'),
          to: toList(list('to'), topology),
        },
      };
  }
}

function importRequest({ value, has, list }: OperationWords): PlanAsked {
  const from = parseAddress(value('from') ?? '');
  if (from === null) throw new UsageError('Say from which server: --from host:port.');
  const username = value('from-user');
  const rate = value('keys-per-second');
  const databases = list('databases');
  return {
    kind: 'import',
    params: {
      from: printAddress(from),
      ...(username === undefined ? {} : { fromUsername: username }),
      fromTls: has('from-tls'),
      copy: has('copy'),
      replace: has('replace'),
      ...(rate === undefined ? {} : { keysPerSecond: numberOf(rate, 'keys-per-second') }),
      ...(databases.length === 0 ? {} : { databases: databases.map((each) => numberOf(each, 'databases')) }),
    },
  };
}

async function createRequest(words: OperationWords, topology: Topology, ask: Ask): Promise<PlanAsked> {
  const { nodes, zones, value, has } = words;
  const replicas = numberOf(value('replicas') ?? '0', 'replicas');
  return {
    kind: 'create',
    params: {
      nodes: [...nodes],
      replicas,
      zones: Object.fromEntries(
        zones.map((each): [string, string] => {
          const [address, zone] = each.split('=');
          if (!nodes.includes(address ?? '')) throw new UsageError(`"${each}" names no node of the new cluster.`);
          return [address ?? '', zone ?? ''];
        }),
      ),
      allowFew: has('allow-few') || (has('as-upstream') && (await wantsFew(words, replicas, topology, ask))),
      allowSameZone: has('allow-same-zone'),
    },
  };
}

/**
 * Fewer than three primaries, in the tools' own form: that of Valkey asks, and takes `--cluster-yes` for an answer; that of Redis refuses
 * (seen with 9.1 and 7.0).
 */
async function wantsFew(
  { nodes, has }: OperationWords,
  replicas: number,
  topology: Topology,
  ask: Ask,
): Promise<boolean> {
  const primaries = Math.floor(nodes.length / (replicas + 1));
  const isValkey = topology.nodes.some(({ server }) => server?.flavour === 'valkey');
  if (primaries >= 3 || primaries < 1 || !isValkey) return false;
  if (has('yes')) return true;
  const answer = await ask(
    `Requested to create a cluster with ${primaries} primaries and ${replicas} replicas per primary.\nValkey cluster requires at least 3 primary nodes for automatic failover. Are you sure? (type 'yes' to accept): `,
  );
  return answer.trim() === 'yes';
}

function toList(names: readonly string[], topology: Topology): string[] {
  return names.length === 0 || names.includes('all')
    ? ['all']
    : names.map((name) => nodeNamed(name, 'to', topology).id);
}

async function reshardRequest(words: OperationWords, topology: Topology, ask: Ask): Promise<PlanAsked> {
  const { value, list } = words;
  const slots = value('slot-ranges');
  let count = value('slots');
  if (slots === undefined && count === undefined) {
    count = (await ask('How many slots do you want to move (from 1 to 16384)? ')).trim();
  }
  const to = list('to').length > 0 ? list('to') : [(await ask('What is the receiving node ID? ')).trim()];
  const from = list('from').length > 0 ? list('from') : slots === undefined ? await askSources(ask) : ['all'];
  const receivers = to.map((name) => nodeNamed(name, 'receiving node', topology));
  return {
    kind: 'reshard',
    params: {
      ...waysOf(words),
      from: from.includes('all') ? ['all'] : from.map((name) => nodeNamed(name, 'from', topology).id),
      to: receivers.map(({ id }) => id),
      ...(slots === undefined ? { count: numberOf(count, 'slots') } : { slots }),
    },
  };
}

async function askSources(ask: Ask): Promise<string[]> {
  const sources: string[] = [];
  const intro =
    "Please enter all the source node IDs.\n  Type 'all' to use all the nodes as source nodes for the hash slots.\n  Type 'done' once you entered all the source nodes IDs.\n";
  for (;;) {
    const answer = (await ask(`${sources.length === 0 ? intro : ''}Source node #${sources.length + 1}: `)).trim();
    if (answer === 'all') return ['all'];
    if (answer === 'done' || answer === '') return sources;
    sources.push(answer);
  }
}

/** By id, by the beginning of one that fits only one node, or by address. @throws UsageError */
function nodeNamed(text: string | undefined, what: string, { nodes }: Topology): TopologyNode {
  if (text === undefined || text === '') throw new UsageError(`Say which ${what}.`);
  const exact = nodes.filter((each) => each.id === text || each.name === text || `${each.host}:${each.port}` === text);
  const fitting =
    exact.length > 0 ? exact : nodes.filter((each) => /^[0-9a-f]{4,}$/.test(text) && each.id.startsWith(text));
  const [found] = fitting;
  if (found === undefined) throw new UsageError(`The specified node (${text}) is not known to this cluster.`);
  if (fitting.length > 1) throw new UsageError(`"${text}" fits ${fitting.length} nodes; write more of the id.`);
  return found;
}

function waysOf({ value, has }: OperationWords): { driver?: SlotDriver; largeKeys?: 'leave' } {
  const text = value('driver');
  return {
    ...(text === undefined || text === 'auto' ? {} : { driver: oneOf(SlotDriver.options, text, 'driver') }),
    ...(has('leave-large') ? { largeKeys: 'leave' } : {}),
  };
}

function oneOf<T extends string>(known: readonly T[], text: string, what: string): T {
  const found = known.find((each) => each === text);
  if (found === undefined) throw new UsageError(`"${text}" is no value for --${what}; there are ${known.join(', ')}.`);
  return found;
}

function numberOf(text: string | undefined, what: string): number {
  const number = Number(text);
  if (text === undefined || text.trim() === '' || !Number.isFinite(number)) {
    throw new UsageError(`"${text ?? ''}" is no number for ${what}.`);
  }
  return number;
}
