import { printAddress } from '@slotdeck/cluster/connection/node-address';
import type { NodeView } from '@slotdeck/cluster/observe/node-view';
import type { NodeViewReply } from '@slotdeck/contract/clusters';

/** What one node says, as the API shows it. */
export function describeView(view: NodeView): NodeViewReply {
  const base = { node: view.nodeId, address: printAddress(view.address), at: view.at };
  if (view.state === 'silent') return { ...base, roundTripMs: null, problem: view.problem, lines: [] };
  return {
    ...base,
    roundTripMs: view.roundTripMs,
    problem: null,
    lines: view.lines.map((line) => ({
      id: line.id,
      address: printAddress(line),
      flags: [...(line.isMyself ? ['myself'] : []), ...line.flags],
      primaryId: line.primaryId,
      configEpoch: line.configEpoch,
      link: line.link,
      slots: line.slots,
      migrating: line.migrating.map((each) => ({ ...each })),
      importing: line.importing.map((each) => ({ ...each })),
    })),
  };
}
