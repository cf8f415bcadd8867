import type { Readable } from 'node:stream';
import { callNodes } from '@slotdeck/cluster/act/call-nodes';
import { NodeCallError } from '@slotdeck/cluster/connection/node-calls';
import { collectSlotEvidence } from '@slotdeck/cluster/observe/slot-evidence';
import { printAddress } from '@slotdeck/cluster/connection/node-address';
import { JournalError } from '@slotdeck/operations/engine/journal';
import { backUp, NoBackup } from './backup.ts';
import { answerOf, type NodeAnswer } from './call-answers.ts';
import { reportCheck } from './check.ts';
import { completionScript } from './completion.ts';
import { infoLines, keysOf, totalKeys } from './cluster-lines.ts';
import { helpText } from './help.ts';
import {
  ClusterNotSeen,
  lookAtCluster,
  settingsOf,
  withConnections,
  type Connections,
  type Seen,
} from './open-cluster.ts';
import { readArguments, type Access, type Asked } from './read-arguments.ts';
import type { OperateParts } from './operate/operate-parts.ts';
import { UsageError } from './usage-error.ts';
import { countSlots, NO_SLOTS, printSlotRanges } from '@slotdeck/model/slot-ranges';

/** What a run needs of its process. */
export interface Terminal {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The next line of standard input, without its end; empty when there is none. */
  readonly readLine: () => Promise<string>;
  /** All of standard input, as bytes. */
  readonly stdin: () => Readable;
  /** Calls back at each Ctrl-C. Answers the way to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

/** Carries out one command line. @returns the exit status: 0 done and healthy, 1 failed or unhealthy, 2 usage */
export async function run(terminal: Terminal): Promise<0 | 1 | 2> {
  let json = terminal.argv.includes('--json');
  try {
    const asked = readArguments(terminal.argv, terminal.env);
    if (asked.command === 'help') {
      terminal.out(helpText(asked.about));
      return 0;
    }
    if (asked.command === 'completion') {
      terminal.out(completionScript(asked.shell));
      return 0;
    }
    json = asked.json;
    if (asked.command === 'explain') {
      const { explain } = await import('./explain/explain.ts');
      return await explain(asked, terminal);
    }
    return await carryOut(await withPassword(asked, terminal), terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(`${error.message}\n\n${helpText(error.about)}`);
      return 2;
    }
    if (!isTold(error)) throw error;
    if (json) terminal.out(`${JSON.stringify({ ok: false, error: { code: error.code, message: error.message } })}\n`);
    else terminal.err(`[ERR] ${error.message}\n`);
    return 1;
  }
}

type Work = Exclude<Asked, { command: 'help' | 'completion' | 'explain' }>;

/** What the world can do to a run; anything else is a fault of ours and ends it with its trace. */
function isTold(error: unknown): error is Error & { code: string } {
  if (error instanceof NoBackup) return true;
  if (error instanceof ClusterNotSeen || error instanceof NodeCallError || error instanceof JournalError) return true;
  const codes: readonly unknown[] = ['no-logs', 'ENOENT', 'EACCES', 'EEXIST', 'ENOTDIR', 'ENOSPC', 'EROFS'];
  return error instanceof Error && 'code' in error && codes.includes(error.code);
}

async function withPassword(asked: Work, { readLine, err }: Terminal): Promise<Work> {
  const { access, sourceAccess } = asked;
  const read = async (login: Access, question: string): Promise<Access> => {
    if (!login.askPassword) return login;
    err(question);
    return { ...login, password: await readLine() };
  };
  return {
    ...asked,
    access: await read(access, 'Please input password: '),
    sourceAccess: await read(sourceAccess, 'Please input import source node password: '),
  };
}

function partsOf(
  { json }: Pick<Work, 'json'>,
  { out, err, env, readLine, onInterrupt }: Terminal,
): Omit<OperateParts, 'source'> {
  const ask = async (question: string): Promise<string> => {
    // Questions go beside the one document that standard output carries.
    (json ? err : out)(question);
    return readLine();
  };
  return { out, err, env, json, ask, onInterrupt };
}

async function carryOut(asked: Work, terminal: Terminal): Promise<0 | 1> {
  const parts = partsOf(asked, terminal);
  // Read only when they are needed: whoever only looks does not wait for the planners and the engine.
  if (asked.command === 'journal') {
    const { changePace, listOperations, pauseOperation, takeUpOperation } =
      await import('./operate/take-up-operation.ts');
    if (asked.verb === 'ops') return listOperations(asked, parts);
    if (asked.verb === 'pause') return pauseOperation(asked, parts);
    if (asked.verb === 'pace') return changePace(asked, parts);
    if (asked.verb === 'run') {
      const { runPlan } = await import('./operate/run-plan.ts');
      return withBoth(asked, (connections, source) => runPlan(asked, connections, { ...parts, source }));
    }
    return withBoth(asked, (connections, source) => takeUpOperation(asked, connections, { ...parts, source }));
  }
  if (asked.command === 'operate') {
    const { startOperation } = await import('./operate/start-operation.ts');
    return withBoth(asked, (connections, source) => startOperation(asked, connections, { ...parts, source }));
  }
  return withConnections(asked.access, async (connections) => {
    const seen = await lookAtCluster(connections, asked.address, {
      again: asked.command === 'check' || asked.command === 'backup',
    });
    switch (asked.command) {
      case 'check':
        return check(seen, asked, terminal, connections);
      case 'info':
        return info(seen, asked, terminal);
      case 'call': {
        const answers = await callNodes(connections, seen.topology, asked);
        return tell(answers.map(answerOf), asked, terminal);
      }
      case 'backup':
        return backup(seen, asked, terminal);
    }
  });
}

/** The cluster, and a server whose keys are imported: each with its own login. */
function withBoth<T>(
  { access, sourceAccess }: Pick<Work, 'access' | 'sourceAccess'>,
  work: (connections: Connections, source: Connections) => Promise<T>,
): Promise<T> {
  return withConnections(access, (connections) => withConnections(sourceAccess, (source) => work(connections, source)));
}

async function check(
  seen: Seen,
  { address, json, search }: Extract<Work, { command: 'check' }>,
  { out }: Terminal,
  calls: Connections,
): Promise<0 | 1> {
  const evidence = search ? await collectSlotEvidence(calls, seen.topology, NO_SLOTS, { hidden: 'leave' }) : null;
  const { isHealthy, lines } = reportCheck(seen, printAddress(address), evidence);
  if (json) out(`${JSON.stringify({ ok: isHealthy, ...asJson(seen), findings: seen.findings })}\n`);
  else out(`${lines.join('\n')}\n`);
  return isHealthy ? 0 : 1;
}

function info(seen: Seen, { json }: Work, { out }: Terminal): 0 | 1 {
  const isWhole = totalKeys(seen) !== null;
  if (json) out(`${JSON.stringify({ ok: isWhole, ...asJson(seen) })}\n`);
  else out(`${infoLines(seen).join('\n')}\n`);
  return isWhole ? 0 : 1;
}

async function backup(
  seen: Seen,
  { folder, access, json }: Extract<Work, { command: 'backup' }>,
  { out }: Terminal,
): Promise<0> {
  const say = (line: string): void => {
    if (!json) out(`${line}\n`);
  };
  const saved = await backUp(seen, { folder, settings: await settingsOf(access), say });
  if (json) out(`${JSON.stringify({ ok: true, folder, saved })}\n`);
  else out(`[OK] Backup created into: ${folder}\n`);
  return 0;
}

function tell(answers: readonly NodeAnswer[], asked: Extract<Work, { command: 'call' }>, { out }: Terminal): 0 | 1 {
  const isOk = answers.every(({ ok }) => ok);
  if (asked.json) out(`${JSON.stringify({ ok: isOk, command: asked.words, answers })}\n`);
  else {
    out(`>>> Calling ${asked.words.join(' ')}\n`);
    for (const { name, text } of answers) out(`${name}: ${text}\n`);
  }
  return isOk ? 0 : 1;
}

/** The cluster for programs: unknown numbers are null. */
function asJson({ topology, stats }: Seen): Readonly<Record<string, unknown>> {
  return {
    nodes: topology.nodes.map((node) => ({
      id: node.id,
      name: node.name,
      host: node.host,
      port: node.port,
      role: node.role,
      primary: node.primaryId,
      health: node.health,
      configEpoch: node.configEpoch,
      server: node.server,
      slots: printSlotRanges(node.slots),
      slotCount: countSlots(node.slots),
      keys: keysOf(node, stats),
    })),
    answered: topology.answered,
    slots: {
      covered: 16_384 - countSlots(topology.unassigned),
      unassigned: printSlotRanges(topology.unassigned),
      open: topology.open,
      disputed: topology.disputes.map(({ slots, opinions }) => ({ slots: printSlotRanges(slots), opinions })),
    },
    keys: totalKeys({ topology, stats }),
  };
}
