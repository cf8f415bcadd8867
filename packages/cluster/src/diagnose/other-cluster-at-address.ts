import { printAddress } from '../connection/node-address.ts';
import { nameOf, type FindTrouble } from './finding-draft.ts';

/** Whatever is done at this address would be done to somebody else's cluster. */
export const findStrangers: FindTrouble = (topology, { strangers }) =>
  strangers.map(({ address, nodeId, knownNodes, inPlaceOf }) => ({
    code: 'other-cluster-at-address',
    subject: printAddress(address),
    severity: 'warning',
    nodes: inPlaceOf === null ? [] : [inPlaceOf],
    facts: {
      address: printAddress(address),
      node: inPlaceOf === null ? null : nameOf(topology, inPlaceOf),
      foundId: nodeId,
      knownNodes,
    },
    evidence: [{ node: null, says: nodeId }],
  }));
