import type { Clock } from '@slotdeck/model/clock';
import type { NodeId } from '@slotdeck/model/ids';
import type { ServerVersion, ViewProblem } from '@slotdeck/model/topology';
import { askNode } from '../observe/ask-node.ts';
import type { NodeView } from '../observe/node-view.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import type { NodeAddress } from './node-calls.ts';
import { openConnections } from './node-connections.ts';

export type AddressProbe =
  | {
      readonly ok: true;
      readonly address: NodeAddress;
      readonly view: Extract<NodeView, { state: 'answered' }>;
      readonly server: ServerVersion | null;
      /** Every node it lists, itself included; what is added as a cluster is compared by these. */
      readonly nodeIds: readonly NodeId[];
    }
  | { readonly ok: false; readonly address: NodeAddress; readonly problem: ViewProblem };

/** Whether a node of a cluster answers at this address with these settings, and if not, what answers instead. Leaves no connection. */
export async function probeAddress(
  address: NodeAddress,
  settings: ConnectionSettings,
  clock: Pick<Clock, 'now' | 'monotonic'>,
): Promise<AddressProbe> {
  const connections = openConnections(settings);
  try {
    const view = await askNode(connections, clock, address, { depth: 'full' });
    if (view.state === 'silent') return { ok: false, address, problem: view.problem };
    const nodeIds = view.lines.filter((line) => !line.flags.includes('handshake')).map((line) => line.id);
    return { ok: true, address, view, server: view.facts?.server ?? null, nodeIds };
  } finally {
    await connections.close();
  }
}
