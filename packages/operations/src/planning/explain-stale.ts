import type { StaleFact } from '@slotdeck/cluster/plan/stale';

const MOST_TOLD = 4;

/** What changed, in one sentence part per fact; a screen words it anew from the facts. */
export function explainStale(changes: readonly StaleFact[]): string {
  const told = changes.slice(0, MOST_TOLD).map(explain);
  const more = changes.length - told.length;
  return told.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function explain({ code, facts }: StaleFact): string {
  const name = String(facts['name'] ?? facts['node'] ?? '');
  switch (code) {
    case 'node-gone':
      return `${name} is no longer in the cluster`;
    case 'role-changed':
      return `${name} was a ${String(facts['from'])} and is a ${String(facts['to'])}`;
    case 'address-changed':
      return `${name} moved from ${String(facts['from'])} to ${String(facts['to'])}`;
    case 'slots-changed':
      return `${name} ${slotWords(String(facts['added'] ?? ''), String(facts['removed'] ?? ''))}`;
    case 'epoch-changed':
      return `${name} went from config epoch ${String(facts['from'])} to ${String(facts['to'])}`;
    case 'slot-open':
      return `slot ${String(facts['slot'])} is open`;
    case 'slot-disputed':
      return `the nodes disagree on slots ${String(facts['slots'])}`;
  }
}

function slotWords(added: string, removed: string): string {
  const parts = [added === '' ? '' : `got slots ${added}`, removed === '' ? '' : `lost slots ${removed}`];
  return parts.filter((part) => part !== '').join(' and ');
}
