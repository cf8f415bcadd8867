import type { LogRole } from '../logs/log-line.ts';
import type { Remark } from './remark.ts';
import { findRuns, type NodeRun } from './node-runs.ts';

/** All that is told, in order, with what can be looked up in it. */
export interface History {
  readonly remarks: readonly Remark[];
  readonly from: number;
  /** The last moment that anything is known of. */
  readonly until: number;
  of(node: string): readonly Remark[];
  /** Whether the node's own word is at hand. */
  hasWord(node: string): boolean;
  runs(node: string): readonly NodeRun[];
  /** By its own word: the role in its last line before the moment. */
  roleAt(node: string, at: number): 'primary' | 'replica' | null;
  /** Whom it followed at the moment, by its own word or by that of others. */
  primaryAt(node: string, at: number): { readonly primary: string; readonly remark: Remark } | null;
  nodes(): readonly string[];
}

const isRole = (role: LogRole | null): role is 'primary' | 'replica' => role === 'primary' || role === 'replica';

export function makeHistory(remarks: readonly Remark[], byPort: ReadonlyMap<number, string>): History {
  const byNode = new Map<string, Remark[]>();
  for (const remark of remarks) {
    const own = byNode.get(remark.by);
    if (own === undefined) byNode.set(remark.by, [remark]);
    else own.push(remark);
  }
  const runs = new Map([...byNode].map(([node, own]) => [node, findRuns(own)]));
  const follows = findFollowing(remarks, byPort);
  return {
    remarks,
    from: remarks[0]?.at ?? 0,
    until: remarks.at(-1)?.at ?? 0,
    of: (node) => byNode.get(node) ?? [],
    hasWord: (node) => byNode.has(node),
    runs: (node) => runs.get(node) ?? [],
    nodes: () => [...byNode.keys()],
    roleAt(node, at) {
      const own = byNode.get(node) ?? [];
      for (let i = own.length - 1; i >= 0; i -= 1) {
        const remark = own[i];
        if (remark !== undefined && remark.at <= at && isRole(remark.role)) return remark.role;
      }
      return null;
    },
    primaryAt(node, at) {
      const own = follows.get(node) ?? [];
      for (let i = own.length - 1; i >= 0; i -= 1) {
        const each = own[i];
        if (each !== undefined && each.remark.at <= at) return each;
      }
      return null;
    },
  };
}

type Following = { readonly primary: string; readonly remark: Remark };

/** Who began to follow whom, in order of time. */
function findFollowing(
  remarks: readonly Remark[],
  byPort: ReadonlyMap<number, string>,
): ReadonlyMap<string, readonly Following[]> {
  const following = new Map<string, Following[]>();
  const note = (node: string, primary: unknown, remark: Remark): void => {
    if (typeof primary !== 'string' || node === primary) return;
    const own = following.get(node);
    if (own === undefined) following.set(node, [{ primary, remark }]);
    else own.push({ primary, remark });
  };
  for (const remark of remarks) {
    const { code, fields, by } = remark;
    if (code === 'became-replica' || code === 'sub-replica-moves-up' || code === 'last-slot-lost')
      note(by, fields['of'], remark);
    else if (code === 'replica-migrates') note(by, fields['to'], remark);
    else if (code === 'seen-following') note(String(fields['node']), fields['of'], remark);
    else if (code === 'node-is-replica') note(String(fields['node']), fields['of'], remark);
    else if (code === 'connecting-to-primary') note(by, byPort.get(Number(fields['port'])), remark);
  }
  return following;
}
