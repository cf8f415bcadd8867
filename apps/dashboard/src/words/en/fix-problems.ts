import type { Area } from '../phrase.ts';

/** What can be said of a repair before it is done, by code. */
export const fixProblems = {
  'fix-nothing': 'No slot needs a repair: every one has one owner, nothing is open, and no node holds keys of another.',
  'fix-by-chosen': 'Slots {slots} go to {owner}: it was chosen. Seen: {seen}.',
  'fix-by-move-under-way':
    'Slots {slots} go to {owner}: a move there was under way, and some of the keys have arrived. Seen: {seen}.',
  'fix-by-nothing-moved': 'Slots {slots} go to {owner}: a move was begun, and no key has left it. Seen: {seen}.',
  'fix-by-only-claimer': 'Slots {slots} go to {owner}: it is the only node that claims them. Seen: {seen}.',
  'fix-by-only-holder':
    'Slots {slots} go to {owner}: of the nodes in question it alone holds keys of them. Seen: {seen}.',
  'fix-by-named-by-others': 'Slots {slots} go to {owner}: the others name it as their owner. Seen: {seen}.',
  'fix-by-greatest-epoch':
    'Slots {slots} go to {owner}: nobody holds keys of them, and its claim is the strongest. Seen: {seen}.',
  'fix-by-nobody-holds':
    'Slots {slots} go to {owner}: nobody claims them or holds keys of them, and it has the fewest slots. Seen: {seen}.',
  'fix-needs-choice':
    'Whose slots {slots} are cannot be told from what is seen: {seen}. Choose the owner; keys of the others are brought to it, and where values differ you are asked again.',
  'fix-brings-keys':
    '{keys} key(s) of slots {slots} on {names} are brought to {owner}. A key that it has too is compared: equal copies become one, for different ones the repair stops and asks. A key that it does not have may have been deleted there since, and comes back.',
  'fix-keys-uncounted': '{name} did not say whether it holds keys of slots {slots} ({seen}).',
  'fix-primary-silent':
    '{names} own(s) slots and give(s) no answer. What is wrong cannot be judged without, and what they hold cannot be saved. Bring them back, or let a replica take their place (failover), before anything is repaired.',
  'fix-despite-silent': '{names} give(s) no answer, and the repair was asked for all the same.',
  'fix-would-lose':
    'Slots {slots} belong to {names}, which give(s) no answer. Given to others, every key that only those nodes hold is lost, also when they come back. That has to be accepted in so many words.',
  'fix-loses': 'Slots {slots} are taken from {names}: keys that only those nodes hold are lost.',
  'fix-owner-not-able': '{name} cannot own slots: it is no primary, or gives no answer.',
  'fix-choice-unused': 'Slots {slots} were given an owner and need no repair.',
} as const satisfies Area;
