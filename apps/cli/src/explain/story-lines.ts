import type { LogStory } from '@slotdeck/cluster/explain/explain';
import type { NodeLog } from '@slotdeck/cluster/logs/read-log';
import type { Evidence, Incident, Statement } from '@slotdeck/model/incident';
import { sentenceOf, titleOf, type NameOf } from './incident-sentences.ts';

/** The whole answer as text: what was read, then each incident with its evidence. */
export function storyLines(logs: readonly NodeLog[], story: LogStory): string[] {
  const nameOf = namesIn(story);
  return [
    ...logs.map((log, i) => logLine(log, story, i)),
    '',
    ...(story.incidents.length === 0
      ? ['Nothing happened that these logs tell of.']
      : story.incidents.flatMap((incident) => [...incidentLines(incident, nameOf), ''])),
  ];
}

/** By port where it is known, since people know their nodes by it; by the beginning of the id else. */
function namesIn({ owners }: LogStory): NameOf {
  const ports = new Map(owners.flatMap(({ ids, port }) => ids.map(({ id }) => [id, port] as const)));
  return (node) => {
    const port = ports.get(node);
    const short = /^[0-9a-f]{40}$/.test(node) ? node.slice(0, 8) : node;
    return port === undefined || port === null ? short : `${short}:${port}`;
  };
}

const HOW = {
  'own-word': '',
  port: ' (by its port)',
  election: ' (by an election that it won)',
  elimination: ' (nobody else is left)',
  none: ' (the log does not say whose it is)',
} as const;

function logLine({ name, counts }: NodeLog, { owners, clocks }: LogStory, index: number): string {
  const owner = owners[index];
  const who = owner?.ids.map(({ id }) => id.slice(0, 8)).join(', then ') ?? '';
  const known = Object.entries(counts.byClass)
    .filter(([each]) => each !== 'process' && each !== 'replication')
    .reduce((sum, [, count]) => sum + count, 0);
  const ahead = clocks[index]?.aheadMs ?? 0;
  return [
    `${name}: ${who === '' ? 'node not known' : `node ${who}`}${owner === undefined ? '' : HOW[owner.by]}`,
    `${counts.lines} lines, ${known} of the cluster, ${counts.unknown} of other things, ${counts.other} without a header`,
    ahead === 0 ? null : `clock ${ahead > 0 ? 'ahead' : 'behind'} by ${Math.abs(ahead)} ms, corrected`,
    counts.dropped === 0 ? null : `${counts.dropped} left out for lack of room`,
  ]
    .filter((part) => part !== null)
    .join('; ');
}

function incidentLines(incident: Incident, nameOf: NameOf): string[] {
  const { from, to, unavailable, story, otherwise } = incident;
  const lines = [`■ ${titleOf(incident, nameOf)}`];
  lines.push(
    `  ${moment(from)}${to === null ? ', not over by the end of the logs' : to === from ? '' : ` to ${moment(to)}`}`,
  );
  if (unavailable !== null) {
    const { from: since, to: until, certainty } = unavailable;
    const long = until === null ? 'not served by the end of the logs' : `for ${seconds(until - since)}`;
    lines.push(`  slots not served ${long}${certainty === 'inferred' ? ' (inferred)' : ''}, since ${moment(since)}`);
  }
  for (const statement of story) lines.push(`  ${statementLine(statement, nameOf)}`);
  if (otherwise.length > 0) {
    lines.push('  The same traces would be left if');
    for (const statement of otherwise) lines.push(`    ${sentenceOf(statement, nameOf)}`);
  }
  return lines;
}

function statementLine(statement: Statement, nameOf: NameOf): string {
  const { at, node, certainty, evidence } = statement;
  const who = node === null ? '' : `${nameOf(node)} `;
  const mark = certainty === 'inferred' ? ' (inferred)' : '';
  return `${at === null ? '            ' : clock(at)}  ${who}${sentenceOf(statement, nameOf)}${mark}${sources(evidence)}`;
}

function sources(evidence: readonly Evidence[]): string {
  const [first, ...more] = evidence;
  if (first === undefined || first.from !== 'log') return '';
  return `  [${first.file}:${first.line}${more.length > 0 ? ` and ${more.length} more` : ''}]`;
}

/** As the logs show it: their zone is not known, so none is printed. */
const moment = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('Z', '');
const clock = (at: number): string => moment(at).slice(11);
const seconds = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
