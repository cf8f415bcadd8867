import type { TranscriptLine } from '@slotdeck/model/operation-events';

export type TranscriptFilter = 'all' | 'handovers' | 'errors';

/** The commands by which ownership changes; the rest is preparation. The server filters older lines by the same rule. */
export function isHandover({ command }: Pick<TranscriptLine, 'command'>): boolean {
  const [word, sub, , action] = command.map((each) => each.toUpperCase());
  return word === 'CLUSTER' && sub === 'SETSLOT' && action === 'NODE';
}

/**
 * What the list shows, newest first: lines that came by the stream and older ones that were asked for, each once. While somebody
 * reads further down, `heldAt` keeps newer lines out, so that nothing moves under the eyes.
 */
export function transcriptView(
  live: readonly TranscriptLine[],
  older: readonly TranscriptLine[],
  filter: TranscriptFilter,
  heldAt: number | null,
): TranscriptLine[] {
  const byIndex = new Map<number, TranscriptLine>();
  for (const line of [...older, ...live]) {
    if (heldAt !== null && line.index > heldAt) continue;
    if (filter === 'errors' && line.outcome !== 'error') continue;
    if (filter === 'handovers' && !isHandover(line)) continue;
    byIndex.set(line.index, line);
  }
  return [...byIndex.values()].sort((a, b) => b.index - a.index);
}

/** How many lines wait below the top while somebody reads. */
export function heldBack(live: readonly TranscriptLine[], heldAt: number | null): number {
  return heldAt === null ? 0 : live.filter((line) => line.index > heldAt).length;
}
