import type { NodeLog } from '../logs/read-log.ts';
import { judgeClocks, type ClockOffset } from './clock-skew.ts';
import type { Remark } from './remark.ts';
import { findOwners, idsByPort, nameAt, type LogOwner } from './whose-log.ts';

export interface LogHistory {
  /** Of all logs, in order of time. */
  readonly remarks: readonly Remark[];
  readonly owners: readonly LogOwner[];
  readonly clocks: readonly ClockOffset[];
  /** Node by client port, as far as the logs say. */
  readonly byPort: ReadonlyMap<number, string>;
}

/** Puts logs of several nodes on one clock and gives each line the name of its node. */
export function remarksOfLogs(logs: readonly NodeLog[]): LogHistory {
  const owners = findOwners(logs);
  const clocks = judgeClocks(owners);
  const byPort = idsByPort(logs);
  for (const { port, ids, log } of owners) if (port !== null) byPort.set(port, ids.at(-1)?.id ?? log.name);
  const remarks = owners.flatMap((owner, i) =>
    owner.log.remarks.map(({ line, at, pid, role, message, text }): Remark => {
      const { code, fields } = message;
      const evidence = { from: 'log', file: owner.log.name, line, text } as const;
      return { at: at - (clocks[i]?.aheadMs ?? 0), by: nameAt(owner, line), pid, role, code, fields, evidence };
    }),
  );
  return { remarks: remarks.sort((a, b) => a.at - b.at), owners, clocks, byPort };
}
