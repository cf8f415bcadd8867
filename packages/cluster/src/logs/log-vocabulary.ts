import { configFileFormats } from './formats/config-file.ts';
import { electionFormats } from './formats/election.ts';
import { epochFormats } from './formats/epoch.ts';
import { failureDetectionFormats } from './formats/failure-detection.ts';
import { linkFormats } from './formats/link.ts';
import { manualFailoverFormats } from './formats/manual-failover.ts';
import { membershipFormats } from './formats/membership.ts';
import { otherFormats } from './formats/other.ts';
import { processFormats, replicationFormats } from './formats/process.ts';
import { slotMigrationFormats } from './formats/slot-migration.ts';
import { slotFormats } from './formats/slot.ts';
import { startupFormats } from './formats/startup.ts';
import { stateFormats } from './formats/state.ts';
import { topologyFormats } from './formats/topology.ts';
import { voteFormats } from './formats/vote.ts';
import { matchFormat, parseFormat, type FormatRow, type LogFields, type LogFormat } from './log-format.ts';

/**
 * What the cluster code of Redis 3.0 to 8.6 and Valkey 7.2 to 9.1 writes, by class (read from the sources of the versions named in
 * `docs/logs.md`), and what their start, end and replication write. A class groups messages by what they are about.
 */
const rows = {
  state: stateFormats,
  'failure-detection': failureDetectionFormats,
  election: electionFormats,
  vote: voteFormats,
  'manual-failover': manualFailoverFormats,
  epoch: epochFormats,
  topology: topologyFormats,
  slot: slotFormats,
  'slot-migration': slotMigrationFormats,
  membership: membershipFormats,
  'config-file': configFileFormats,
  link: linkFormats,
  startup: startupFormats,
  other: otherFormats,
  process: processFormats,
  replication: replicationFormats,
} as const satisfies Record<string, readonly FormatRow[]>;

export type LogClass = keyof typeof rows;

// The keys of an object literal, as its type has them.
const logClasses = Object.keys(rows) as readonly LogClass[];

export interface LogMessage {
  readonly logClass: LogClass;
  /** What is said, one code for all wordings of all versions: `vote-granted`. */
  readonly code: string;
  readonly fields: LogFields;
}

interface Entry extends LogFormat {
  readonly logClass: LogClass;
}

export const logFormats: readonly Entry[] = logClasses.flatMap((logClass) =>
  rows[logClass].map((row) => ({ ...parseFormat(logClass, row), logClass })),
);

const literalLength = ({ literals }: LogFormat): number => literals.reduce((sum, { length }) => sum + length, 0);
/** The more of a message is fixed the surer it is; among equals the one that reads a gap more narrowly. */
const byPrecision = (a: Entry, b: Entry): number =>
  literalLength(b) - literalLength(a) || narrowGaps(b) - narrowGaps(a);
const narrowGaps = ({ gaps }: LogFormat): number => gaps.filter(({ kind }) => kind !== 'text').length;

const KEY_LENGTH = 5;
/** The first letters as one number, five bits each. Two beginnings may share it; what does not fit is found out by the match. */
function keyOf(text: string): number {
  let key = 0;
  for (let at = 0; at < KEY_LENGTH; at += 1) key = (key << 5) | (text.charCodeAt(at) & 31);
  return key;
}

const byStart = new Map<number, Entry[]>();
/** Formats that begin with a gap: tried when no other fits. */
const gapFirst: Entry[] = [];
for (const entry of [...logFormats].sort(byPrecision)) {
  if (entry.first.length < KEY_LENGTH) gapFirst.push(entry);
  else {
    const key = keyOf(entry.first);
    const entries = byStart.get(key);
    if (entries === undefined) byStart.set(key, [entry]);
    else entries.push(entry);
  }
}

/** What a message says, or null when it is none of the vocabulary. Never throws, whatever the text. */
export function readMessage(text: string): LogMessage | null {
  return firstFit(byStart.get(keyOf(text)), text) ?? firstFit(gapFirst, text);
}

function firstFit(entries: readonly Entry[] | undefined, text: string): LogMessage | null {
  if (entries === undefined) return null;
  for (const entry of entries) {
    const fields = matchFormat(entry, text);
    if (fields !== null) return { logClass: entry.logClass, code: entry.code, fields };
  }
  return null;
}
