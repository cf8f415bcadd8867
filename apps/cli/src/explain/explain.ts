import type { Readable } from 'node:stream';
import { explainLogs } from '@slotdeck/cluster/explain/explain';
import { readLogFiles } from './read-files.ts';
import { storyLines } from './story-lines.ts';

export interface ExplainWork {
  readonly command: 'explain';
  readonly paths: readonly string[];
  readonly json: boolean;
}

/** Tells what log files say happened, without a cluster and without a server. */
export async function explain(
  { paths, json }: ExplainWork,
  { out, stdin }: { readonly out: (text: string) => void; readonly stdin: () => Readable },
): Promise<0> {
  const logs = await readLogFiles(paths, stdin);
  const story = explainLogs(logs);
  if (!json) {
    out(`${storyLines(logs, story).join('\n')}\n`);
    return 0;
  }
  const told = logs.map(({ name, counts, firstAt, lastAt }, i) => ({
    file: name,
    nodes: story.owners[i]?.ids.map(({ id }) => id) ?? [],
    knownBy: story.owners[i]?.by ?? 'none',
    port: story.owners[i]?.port ?? null,
    clockAheadMs: story.clocks[i]?.aheadMs ?? 0,
    firstAt,
    lastAt,
    ...counts,
  }));
  out(`${JSON.stringify({ ok: true, from: story.from, to: story.to, logs: told, incidents: story.incidents })}\n`);
  return 0;
}
