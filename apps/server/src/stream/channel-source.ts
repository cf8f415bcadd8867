import type { ServerMessage } from '@slotdeck/contract/stream';

type WithoutPlace<M> = M extends unknown ? Omit<M, 'channel' | 'version' | 'from'> : never;
type Named<Ending extends string> = Extract<ServerMessage, { type: `${string}-${Ending}` }>;

/** A delta or a snapshot before it has its channel and version. */
export type DeltaBody = WithoutPlace<Named<'delta'>>;
export type SnapshotBody = WithoutPlace<Named<'snapshot'>>;

/**
 * What a channel shows. It remembers what it told last, so that `collect` can say what is different now; the hub alone decides
 * when to ask.
 */
export interface ChannelSource {
  /**
   * What changed since the last `collect` (at first: since the source was made); null when nothing did. A snapshot where a delta
   * cannot say it.
   */
  collect(): DeltaBody | SnapshotBody | null;
  /** All of it, as of the last `collect`. */
  snapshot(): SnapshotBody;
  /** Nobody watches any more. */
  end(): void;
}
