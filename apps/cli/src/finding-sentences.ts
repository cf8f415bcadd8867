import type { Finding, FindingCode } from '@slotdeck/model/finding';
import { printSlotRanges } from '@slotdeck/model/slot-ranges';

interface Facts {
  /** Names of the nodes concerned, joined. */
  readonly names: string;
  readonly slots: string;
  readonly fact: (name: string) => string;
}

const sentences: Readonly<Record<FindingCode, (facts: Facts) => string>> = {
  'slots-unassigned': (f) => `Slots ${f.slots} belong to nobody.`,
  'slots-unreachable': (f) => `Slots ${f.slots} have no owner that answers (${f.names}).`,
  'slot-open-both-sides': (f) => `Slots ${f.slots} are open between ${f.names}.`,
  'slot-migrating-only': (f) => `Slots ${f.slots} are marked as leaving ${f.names}, and nobody takes them in.`,
  'slot-importing-only': (f) => `Slots ${f.slots} are marked as coming to ${f.names}, and nobody sends them.`,
  'nodes-disagree-on-slots': (f) => `The nodes name different owners of slots ${f.slots}.`,
  'nodes-disagree': (f) =>
    `The nodes do not agree about ${f.names === '' ? 'the cluster' : f.names} (${f.fact('about')}).`,
  'node-failed': (f) => `${f.names} has failed.`,
  'node-suspected': (f) => `${f.names} is suspected by some of the nodes.`,
  'node-no-answer': (f) => `${f.names} gives no answer to us.`,
  'node-refuses': (f) => `${f.names} refuses to be asked.`,
  'primary-without-replica': (f) => `${f.names} has no replica.`,
  'replica-on-primary-host': (f) => `${f.names} runs on the host of its primary.`,
  'epoch-collision': (f) => `${f.names} have the same config epoch.`,
  'replica-link-down': (f) => `${f.names} has no link to its primary.`,
  'node-half-joined': (f) => `${f.names} is known only to some of the nodes.`,
  'node-in-handshake': (f) => `${f.names} is stuck in handshake: it never answered on the cluster bus.`,
  'node-without-address': (f) => `${f.names} has no known address.`,
  'cluster-not-seen': () => 'No node answers.',
  'other-cluster-at-address': (f) => `Another cluster answers at ${f.fact('address')}.`,
};

/** A finding in one sentence. `nameOf` gives what people call a node. */
export function sayFinding({ code, nodes, slots, facts }: Finding, nameOf: (id: string) => string): string {
  return sentences[code]({
    names: nodes.map(nameOf).join(', '),
    slots: printSlotRanges(slots),
    fact: (name) => String(facts[name] ?? 'not known'),
  });
}
