import { findNode, type Disagreement } from '@slotdeck/model/topology';
import { isGone, nameOf, NEWS_TRAVELS, type FindTrouble } from './finding-draft.ts';

/** What changes where clients go or who votes; the rest is worth knowing. */
const weighty: ReadonlySet<Disagreement['about']> = new Set(['role', 'primary', 'cluster-state']);

/** Nodes differ on something other than slots. Who knows whom is `node-half-joined`; what is said of a node that is gone is old news. */
export const findDisagreeingNodes: FindTrouble = (topology) =>
  topology.disagreements
    .filter(({ about, subject }) => {
      if (about === 'membership') return false;
      const node = subject === null ? undefined : findNode(topology, subject);
      return node === undefined || !isGone(node);
    })
    .map(({ about, subject, opinions }) => ({
      code: 'nodes-disagree',
      subject: `${about} ${subject ?? ''}`,
      severity: weighty.has(about) ? 'warning' : 'notice',
      nodes: subject === null ? [] : [subject],
      facts: {
        about,
        node: subject === null ? null : nameOf(topology, subject),
        values: opinions.map(({ value }) => (about === 'primary' ? nameOf(topology, value) : value)),
        camps: opinions.length,
      },
      evidence: opinions.flatMap(({ value, observers }) => observers.map((node) => ({ node, says: value }))),
      settling: NEWS_TRAVELS,
    }));
