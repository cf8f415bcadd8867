import type { Channel } from '@slotdeck/contract/stream';
import type { ChannelSource, DeltaBody, SnapshotBody } from './channel-source.ts';

/**
 * A channel somebody watches (or watched a moment ago): its version, its newest deltas for those who come back, and its
 * snapshot. Every message is turned into text once, however many viewers get it.
 */
export interface OpenChannel {
  readonly channel: Channel;
  readonly version: number;
  /** Asks the source; the delta as text when there was one. */
  advance(): string | null;
  snapshotText(): string;
  /** The deltas that lead from that version to the present one; null when they are no longer (or were never) kept. */
  deltasSince(version: number): readonly string[] | null;
  end(): void;
}

/** About ten seconds of a busy cluster; whoever was away longer gets a snapshot. */
const DELTAS_KEPT = 64;

export function openChannel(channel: Channel, source: ChannelSource, firstVersion: number): OpenChannel {
  let version = firstVersion;
  let deltas: { from: number; text: string }[] = [];
  let snapshot: { version: number; text: string } | null = null;

  function advance(): string | null {
    const body = source.collect();
    if (body === null) return null;
    const from = version;
    version += 1;
    if (isSnapshot(body)) {
      deltas = [];
      snapshot = { version, text: JSON.stringify({ ...body, channel, version }) };
      return snapshot.text;
    }
    const text = JSON.stringify({ ...body, channel, version, from });
    deltas = [...deltas, { from, text }].slice(-DELTAS_KEPT);
    return text;
  }

  return {
    channel,
    get version() {
      return version;
    },
    advance,
    snapshotText() {
      if (snapshot?.version !== version) {
        snapshot = { version, text: JSON.stringify({ ...source.snapshot(), channel, version }) };
      }
      return snapshot.text;
    },
    deltasSince(seen) {
      if (seen === version) return [];
      const first = deltas.findIndex((delta) => delta.from === seen);
      return first === -1 ? null : deltas.slice(first).map((delta) => delta.text);
    },
    end: () => source.end(),
  };
}

function isSnapshot(body: DeltaBody | SnapshotBody): body is SnapshotBody {
  return body.type.endsWith('-snapshot');
}
