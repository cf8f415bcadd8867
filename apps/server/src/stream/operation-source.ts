import type { OperationDetail, OperationSummary } from '@slotdeck/contract/operations';
import type { OperationEvent, TranscriptLine } from '@slotdeck/model/operation-events';
import type { Progress } from '@slotdeck/model/operation';
import type { OperationNews } from '@slotdeck/operations/engine/live-operation';
import type { ChannelSource, DeltaBody, SnapshotBody } from './channel-source.ts';

type Delta = Extract<DeltaBody, { type: 'operation-delta' }>;
type Snapshot = Extract<SnapshotBody, { type: 'operation-snapshot' }>;

export interface OperationParts {
  detail: () => OperationDetail;
  /** The newest lines, oldest of them first. */
  newestLines: (count: number) => readonly TranscriptLine[];
  subscribe: (listener: (news: OperationNews) => void) => () => void;
}

const LINES_AT_FIRST = 200;
/** More than this in one beat is cut to the newest: the page asks for older lines when somebody scrolls there. */
const LINES_PER_DELTA = 500;

/** One operation's page: news are gathered between two beats and told together. */
export function operationSource({ detail, newestLines, subscribe }: OperationParts): ChannelSource {
  let events: OperationEvent[] = [];
  let lines: TranscriptLine[] = [];
  let progress: Progress | null = null;
  let isViewNew = false;
  let told = JSON.stringify(summaryOf(detail()));

  const stop = subscribe((news) => {
    switch (news.type) {
      case 'event':
        events.push(news.event);
        return;
      case 'progress':
        progress = news.progress;
        return;
      case 'transcript':
        lines.push(...news.lines);
        return;
      case 'view':
        isViewNew = true;
    }
  });

  const snapshot = (): Snapshot => ({
    type: 'operation-snapshot',
    operation: detail(),
    transcript: [...newestLines(LINES_AT_FIRST)],
  });

  return {
    collect() {
      const current = detail();
      const summary = summaryOf(current);
      // A halt shows in the view without an event, which no delta can say.
      if (isViewNew) {
        [isViewNew, events, lines, progress] = [false, [], [], null];
        told = JSON.stringify(summary);
        return snapshot();
      }
      const delta: Delta = { type: 'operation-delta' };
      if (events.length > 0) delta.events = events;
      if (progress !== null) delta.progress = progress;
      if (lines.length > 0) delta.transcript = lines.slice(-LINES_PER_DELTA);
      const text = JSON.stringify(summary);
      if (text !== told) delta.summary = summary;
      [events, lines, progress, told] = [[], [], null, text];
      return Object.keys(delta).length === 1 ? null : delta;
    },
    snapshot,
    end: stop,
  };
}

function summaryOf(detail: OperationDetail): OperationSummary {
  const { id, clusterId, planId, kind, title, status, createdAt, createdBy, startedAt, endedAt } = detail;
  const { progress, error, reversePlanId } = detail;
  return {
    id,
    clusterId,
    planId,
    kind,
    title,
    status,
    createdAt,
    createdBy,
    startedAt,
    endedAt,
    progress,
    error,
    reversePlanId,
  };
}
