import type { Finding } from '@slotdeck/model/finding';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { printSlots } from '../words/format-number.ts';
import type { Filling } from '../words/phrase.ts';
import type { WordKey, Words } from '../words/words.ts';
import { factFillings } from './fact-fillings.ts';

export interface ExplainedFinding {
  readonly title: string;
  readonly detail: string;
  readonly toDo: string;
}

/** A finding in words. Names come from its facts, else from the topology, else the short id stands for the node. */
export function explainFinding(finding: Finding, topology: Topology | null, words: Words): ExplainedFinding {
  const facts = fillingsOf(finding, topology);
  return {
    title: words.say(variantOf(finding).title, facts),
    detail: words.say(variantOf(finding).detail, facts),
    toDo: words.say(`findings.${finding.code}.do`, facts),
  };
}

/** Some findings are about the whole cluster at once, and then speak of it instead of a node. */
function variantOf({ code, facts, nodes }: Finding): { title: WordKey; detail: WordKey } {
  if (code === 'primary-without-replica' && facts['everywhere'] === true) {
    return { title: `findings.${code}.titleEverywhere`, detail: `findings.${code}.detailEverywhere` };
  }
  if (code === 'replica-on-primary-host' && facts['loopback'] === true) {
    return { title: `findings.${code}.titleLoopback`, detail: `findings.${code}.detailLoopback` };
  }
  if (code === 'nodes-disagree' && nodes.length === 0) {
    return { title: `findings.${code}.titleCluster`, detail: `findings.${code}.detail` };
  }
  return { title: `findings.${code}.title`, detail: `findings.${code}.detail` };
}

/** Who says what, in the server's own words. */
export function explainEvidence(finding: Finding, topology: Topology | null, words: Words): string[] {
  return finding.evidence.map(({ node, says }) =>
    node === null
      ? words.t('findings.saysNobody', { words: says })
      : words.t('findings.says', { node: nodeName(node, topology), words: says }),
  );
}

export function nodeName(id: string, topology: Topology | null): string {
  return (topology === null ? undefined : findNode(topology, id)?.name) ?? id.slice(0, 8);
}

function fillingsOf(finding: Finding, topology: Topology | null): Record<string, Filling> {
  const given = factFillings(finding.facts);
  const names = finding.nodes.map((id) => nodeName(id, topology));
  const first = names[0];
  const printed = finding.slots.length === 0 ? null : printSlots(finding.slots, 4);
  const counted = given['count'];
  return {
    ...given,
    ...(first === undefined ? {} : { node: given['node'] ?? first, nodes: names.join(', ') }),
    ...(counted === undefined ? {} : { n: counted }),
    ...(printed === null ? {} : { slots: printed, n: countSlots(finding.slots) }),
  };
}
