import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import type { ImportParams } from '@slotdeck/model/plan-params';
import { printSlotRanges, unionSlots } from '@slotdeck/model/slot-ranges';
import type { ImportSource } from '../observe/import-source.ts';
import { judgeOthers, judgeQuorum } from './cluster-readiness.ts';
import { planOfSteps, type StepsInput } from './plan-of-steps.ts';
import { planProblem } from './plan-problems.ts';
import { ablePrimaries } from './slot-cases.ts';

export interface ImportInput extends StepsInput {
  readonly params: ImportParams;
  readonly source: ImportSource;
  /** Databases that the nodes have beside the first; only Valkey from 9.0 on has any in a cluster. */
  readonly databases: number;
}

/** Makes the plan that takes the keys of another server into the cluster, each to the primary that owns its slot. */
export function planImport(input: ImportInput): Plan {
  const { params, source } = input;
  const wanted = wantedDatabases(params, source);
  const keys = [...wanted.values()].reduce((sum, count) => sum + count, 0);
  const problems = [...judgeQuorum(input.topology), ...judgeSource(input, wanted), ...judgeTarget(input, wanted)];
  const plan = planOfSteps(input, {
    asked: { kind: 'import', params },
    nodes: [],
    steps: [
      {
        id: 'import',
        title: `Take in ${keys} keys of ${params.from}`,
        component: 'import',
        onFailure: 'retry',
        facts: { databases: [...wanted.keys()].map(String), keys },
      },
    ],
    commands: [...wanted].flatMap(([database, count]) => [
      { node: params.from, command: ['SCAN', '0'], repeat: 1, phase: 'copy' as const },
      {
        node: params.from,
        command: [
          'MIGRATE',
          '<owner>',
          '<port>',
          '',
          String(database),
          '<ms>',
          ...(params.copy ? ['COPY'] : []),
          ...(params.replace ? ['REPLACE'] : []),
          'KEYS',
          '<key>',
        ],
        repeat: Math.max(1, count),
        phase: 'copy' as const,
      },
    ]),
    problems,
  });
  return { ...plan, keys };
}

function wantedDatabases({ databases }: ImportParams, source: ImportSource): Map<number, number> {
  if (source.state === 'silent') return new Map();
  return new Map([...source.databases].filter(([database]) => databases?.includes(database) ?? true));
}

function judgeSource({ params, source, topology }: ImportInput, wanted: ReadonlyMap<number, number>): PlanProblem[] {
  const name = params.from;
  if (source.state === 'silent') {
    const { code, seen } = source.problem;
    return [planProblem('import-source-silent', { name, problem: code, seen })];
  }
  if (source.isCluster) return [planProblem('import-source-is-cluster', { name })];
  const problems: PlanProblem[] = [];
  if (source.role === 'replica' && !params.copy) problems.push(planProblem('import-source-is-replica', { name }));
  if (wanted.size === 0) problems.push(planProblem('import-no-keys', { name }));
  problems.push(planProblem(params.copy ? 'import-copies' : 'import-removes', { name }));
  if (params.replace) problems.push(planProblem('import-replaces'));
  const own = source.server;
  const oldest = ablePrimaries(topology)
    .flatMap(({ server }) => (server?.flavour === own?.flavour && server !== null ? [server.version] : []))
    .toSorted((a, b) => release(a) - release(b))[0];
  if (own !== null && oldest !== undefined && release(own.version) > release(oldest)) {
    problems.push(planProblem('import-source-newer', { name, version: own.version, oldest }));
  }
  return problems;
}

/** 7.4.1 → 704; the last number changes no form of values. */
function release(version: string): number {
  const [major, minor] = version.split('.').map(Number);
  return (major ?? 0) * 100 + (minor ?? 0);
}

function judgeTarget(
  { params, source, topology, databases, stats }: ImportInput,
  wanted: ReadonlyMap<number, number>,
): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const missing = [...wanted.keys()].filter((database) => database >= databases);
  if (missing.length > 0) {
    problems.push(planProblem('import-no-such-database', { name: params.from, databases: missing.map(String) }));
  }
  const unserved = unionSlots(topology.unassigned, topology.unreachable);
  if (unserved.length > 0) problems.push(planProblem('import-slots-missing', { slots: printSlotRanges(unserved) }));
  const bytes = source.state === 'answered' ? source.usedMemoryBytes : null;
  const rooms = ablePrimaries(topology).map(({ id }) => {
    const told = stats.find((each) => each.id === id);
    if (told?.maxMemoryBytes === undefined || told.maxMemoryBytes === null || told.usedMemoryBytes === null)
      return null;
    return Math.max(0, told.maxMemoryBytes - told.usedMemoryBytes);
  });
  const room = rooms.reduce<number | null>((sum, each) => (sum === null || each === null ? null : sum + each), 0);
  if (bytes !== null && room !== null && bytes > room) {
    problems.push(planProblem('import-memory-tight', { name: params.from, bytes, room }));
  }
  return [...problems, ...judgeOthers(topology, [])];
}
