import type { Facts } from '@slotdeck/model/finding';
import type { PlanProblem } from '@slotdeck/model/plan';

const text = (value: Facts[string] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : String(value ?? 'unknown');

/** What can be objected to when keys of another server are to be taken in. */
export const importProblems = {
  'import-source-silent': [
    'blocker',
    (f) => `${text(f['name'])} cannot be read from: ${text(f['problem'])} (${text(f['seen'])}).`,
  ],
  'import-source-is-cluster': [
    'blocker',
    (f) => `${text(f['name'])} is a node of a cluster. Keys are taken in from a server of its own.`,
  ],
  'import-source-is-replica': [
    'blocker',
    (f) =>
      `${text(f['name'])} is a replica: keys cannot be taken away from it. Name its primary, or leave the keys there (copy).`,
  ],
  'import-source-newer': [
    'warning',
    (f) =>
      `${text(f['name'])} runs ${text(f['version'])} and the oldest primary ${text(f['oldest'])}: a value in a newer form is refused, and that ends the import.`,
  ],
  'import-no-keys': ['blocker', (f) => `${text(f['name'])} has no keys in the databases that were asked for.`],
  'import-no-such-database': [
    'blocker',
    (f) =>
      `The cluster has no database ${text(f['databases'])}, where ${text(f['name'])} has keys. Name the databases to take in.`,
  ],
  'import-slots-missing': [
    'blocker',
    (f) => `Nobody serves slots ${text(f['slots'])}: keys of them have nowhere to go.`,
  ],
  'import-removes': ['warning', (f) => `Each key is removed from ${text(f['name'])} once the cluster has it.`],
  'import-copies': [
    'info',
    (f) => `The keys stay on ${text(f['name'])}. What is written there during the import may not come along.`,
  ],
  'import-replaces': ['warning', () => 'A key that the cluster has already is overwritten, whatever its value.'],
  'import-memory-tight': [
    'warning',
    (f) =>
      `${text(f['name'])} uses ${text(f['bytes'])} bytes, and the primaries have ${text(f['room'])} bytes up to their memory limits.`,
  ],
} as const satisfies Record<string, readonly [PlanProblem['severity'], (facts: Facts) => string]>;
