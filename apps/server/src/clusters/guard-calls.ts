import { dialledAddress, type NatMap } from '@slotdeck/cluster/connection/node-address';
import { NodeCallError, type NodeAddress, type NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import { isRefusedHost } from '../access/seed-rules.ts';

/**
 * Keeps refused hosts from being dialled also when a node, not a person, names them: whoever adds a server of their own could
 * make it list any address as its peer.
 */
export function guardCalls(calls: NodeCalls, natMap: NatMap): NodeCalls {
  const refusal = (to: NodeAddress): NodeCallError | null => {
    const place = dialledAddress(to, natMap);
    if (!isRefusedHost(place.host)) return null;
    const problem = {
      code: 'other-error',
      seen: `${place.host} is never dialled: clouds answer there with secrets`,
    } as const;
    return new NodeCallError(to, { kind: 'no-reply', problem, sent: false });
  };
  const check = (to: NodeAddress): void => {
    const error = refusal(to);
    if (error !== null) throw error;
  };
  return {
    async call(to, command, options) {
      check(to);
      return calls.call(to, command, options);
    },
    async pipeline(to, commands, options) {
      const error = refusal(to);
      if (error !== null) return commands.map(() => ({ ok: false, error, ms: 0 }));
      return calls.pipeline(to, commands, options);
    },
    async transaction(to, commands, options) {
      check(to);
      return calls.transaction(to, commands, options);
    },
  };
}
