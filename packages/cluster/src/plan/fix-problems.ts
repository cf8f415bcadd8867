import type { Facts } from '@slotdeck/model/finding';
import type { PlanProblem } from '@slotdeck/model/plan';

const text = (value: Facts[string] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : String(value ?? 'unknown');

/** What can be said of a repair before it is done. */
export const fixProblems = {
  'fix-nothing': [
    'info',
    () => 'No slot needs a repair: every one has one owner, nothing is open, and no node holds keys of another.',
  ],
  'fix-by-chosen': [
    'info',
    (f) => `Slots ${text(f['slots'])} go to ${text(f['owner'])}: it was chosen. Seen: ${text(f['seen'])}.`,
  ],
  'fix-by-move-under-way': [
    'info',
    (f) =>
      `Slots ${text(f['slots'])} go to ${text(f['owner'])}: a move there was under way, and some of the keys have arrived. Seen: ${text(f['seen'])}.`,
  ],
  'fix-by-nothing-moved': [
    'info',
    (f) =>
      `Slots ${text(f['slots'])} go to ${text(f['owner'])}: a move was begun, and no key has left it. Seen: ${text(f['seen'])}.`,
  ],
  'fix-by-only-claimer': [
    'info',
    (f) =>
      `Slots ${text(f['slots'])} go to ${text(f['owner'])}: it is the only node that claims them. Seen: ${text(f['seen'])}.`,
  ],
  'fix-by-only-holder': [
    'info',
    (f) =>
      `Slots ${text(f['slots'])} go to ${text(f['owner'])}: of the nodes in question it alone holds keys of them. Seen: ${text(f['seen'])}.`,
  ],
  'fix-by-named-by-others': [
    'info',
    (f) =>
      `Slots ${text(f['slots'])} go to ${text(f['owner'])}: the others name it as their owner. Seen: ${text(f['seen'])}.`,
  ],
  'fix-by-greatest-epoch': [
    'info',
    (f) =>
      `Slots ${text(f['slots'])} go to ${text(f['owner'])}: nobody holds keys of them, and its claim is the strongest. Seen: ${text(f['seen'])}.`,
  ],
  'fix-by-nobody-holds': [
    'info',
    (f) =>
      `Slots ${text(f['slots'])} go to ${text(f['owner'])}: nobody claims them or holds keys of them, and it has the fewest slots. Seen: ${text(f['seen'])}.`,
  ],
  'fix-needs-choice': [
    'blocker',
    (f) =>
      `Whose slots ${text(f['slots'])} are cannot be told from what is seen: ${text(f['seen'])}. Choose the owner; keys of the others are brought to it, and where values differ you are asked again.`,
  ],
  'fix-brings-keys': [
    'warning',
    (f) =>
      `${text(f['keys'])} key(s) of slots ${text(f['slots'])} on ${text(f['names'])} are brought to ${text(f['owner'])}. A key that it has too is compared: equal copies become one, for different ones the repair stops and asks. A key that it does not have may have been deleted there since, and comes back.`,
  ],
  'fix-keys-uncounted': [
    'warning',
    (f) => `${text(f['name'])} did not say whether it holds keys of slots ${text(f['slots'])} (${text(f['seen'])}).`,
  ],
  'fix-primary-silent': [
    'blocker',
    (f) =>
      `${text(f['names'])} own(s) slots and give(s) no answer. What is wrong cannot be judged without, and what they hold cannot be saved. Bring them back, or let a replica take their place (failover), before anything is repaired.`,
  ],
  'fix-despite-silent': [
    'warning',
    (f) => `${text(f['names'])} give(s) no answer, and the repair was asked for all the same.`,
  ],
  'fix-would-lose': [
    'blocker',
    (f) =>
      `Slots ${text(f['slots'])} belong to ${text(f['names'])}, which give(s) no answer. Given to others, every key that only those nodes hold is lost, also when they come back. That has to be accepted in so many words.`,
  ],
  'fix-loses': [
    'warning',
    (f) => `Slots ${text(f['slots'])} are taken from ${text(f['names'])}: keys that only those nodes hold are lost.`,
  ],
  'fix-owner-not-able': [
    'blocker',
    (f) => `${text(f['name'])} cannot own slots: it is no primary, or gives no answer.`,
  ],
  'fix-choice-unused': ['blocker', (f) => `Slots ${text(f['slots'])} were given an owner and need no repair.`],
} as const satisfies Record<string, readonly [PlanProblem['severity'], (facts: Facts) => string]>;
