import type { FindTrouble } from './finding-draft.ts';

/** A join takes a second; a handshake that stays is with a process that does not answer, or that was told to forget us. */
const LONG_HANDSHAKE = { ms: 5_000, rounds: 3 };

/** Its id changes with every attempt, so the trouble is known by the address. */
export const findHandshakes: FindTrouble = (topology) =>
  topology.nodes
    .filter((node) => node.health === 'handshake')
    .map((node) => ({
      code: 'node-in-handshake',
      subject: `${node.host}:${node.port}`,
      severity: 'notice',
      nodes: [node.id],
      facts: { node: node.name },
      evidence: [{ node: null, says: node.flags.join(',') }],
      settling: LONG_HANDSHAKE,
    }));
