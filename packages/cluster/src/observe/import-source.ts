import type { ServerVersion, ViewProblem } from '@slotdeck/model/topology';
import { infoCommand, readInfo } from '../commands/info.ts';
import { readText } from '../commands/reply-reading.ts';
import { problemOfFailure } from '../connection/call-problem.ts';
import type { NodeAddress, NodeCalls } from '../connection/node-calls.ts';

/** The server whose keys are to be taken into a cluster. */
export type ImportSource =
  | {
      readonly state: 'answered';
      readonly address: NodeAddress;
      readonly server: ServerVersion | null;
      readonly role: 'primary' | 'replica' | null;
      /** True: it is a node of a cluster itself. */
      readonly isCluster: boolean;
      /** Changes when it is started anew: a place in its key space means nothing after that. */
      readonly runId: string | null;
      /** Database → keys; databases without any are not there. */
      readonly databases: ReadonlyMap<number, number>;
      readonly usedMemoryBytes: number | null;
    }
  | { readonly state: 'silent'; readonly address: NodeAddress; readonly problem: ViewProblem };

export async function lookAtImportSource(calls: NodeCalls, address: NodeAddress): Promise<ImportSource> {
  const [outcome] = await calls.pipeline(address, [infoCommand]);
  if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
  if (!outcome.ok) return { state: 'silent', address, problem: problemOfFailure(outcome.error.failure) };
  const info = readInfo(outcome.reply);
  if (!info.ok) return { state: 'silent', address, problem: { code: 'broken-reply', seen: info.seen } };
  const text = readText(outcome.reply) ?? '';
  const { server, role, clusterEnabled, runId, usedMemoryBytes } = info.value;
  return {
    state: 'answered',
    address,
    server,
    role,
    isCluster: clusterEnabled === true,
    runId,
    databases: new Map(
      [...text.matchAll(/^db(\d+):keys=(\d+)/gm)].map((match) => [Number(match[1]), Number(match[2])]),
    ),
    usedMemoryBytes,
  };
}
