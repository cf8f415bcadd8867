import type { OperationSummary } from '@slotdeck/contract/operations';
import type { Words } from '../../words/words.ts';

/** What the operation does, in the reader's language; a kind this screen does not know keeps the server's title. */
export function operationTitle(
  { kind, title, progress }: OperationSummary,
  slots: number | null,
  { t }: Words,
): string {
  const n = slots ?? progress?.slotsTotal ?? null;
  if (kind === 'failover') return t('operations.titleFailover');
  if (kind === 'replicate') return t('operations.titleReplicate');
  if (kind === 'set-timeout') return t('operations.titleSetTimeout');
  if (n === null) return title;
  if (kind === 'reshard') return t('operations.titleReshard', { n });
  if (kind === 'rebalance') return t('operations.titleRebalance', { n });
  return kind === 'drain' ? t('operations.titleDrain', { n }) : title;
}
