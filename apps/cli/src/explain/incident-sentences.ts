import type { Incident, IncidentKind, Statement } from '@slotdeck/model/incident';

/** How a node is called in a sentence. */
export type NameOf = (node: string) => string;

const TITLES: Readonly<Record<IncidentKind, string>> = {
  'failover-automatic': 'Automatic failover',
  'failover-manual': 'Manual failover',
  'failover-forced': 'Forced failover',
  'failover-takeover': 'Takeover (failover without a vote)',
  'failover-on-shutdown': 'Failover at the shutdown of a primary',
  'failover-not-done': 'A failover that came to nothing',
  partition: 'Nodes cut off from the others',
  'cluster-down': 'The cluster stopped serving',
  'primary-lost': 'Primary lost, nobody in its place',
  'replica-lost': 'Replica lost',
  'node-flapping': 'A node fails and comes back again and again',
  'node-restarted': 'Node restarted',
  'node-restarted-empty': 'Primary restarted without its data',
  'node-renamed': 'Node came back under a new id',
  'replica-migrated': 'Replica moved to a primary without one',
  'epoch-collision': 'Two primaries with one config epoch',
  'migration-failed': 'A move of slots failed',
  'keys-deleted': 'A node deleted keys of slots that are not its own',
};

export function titleOf({ kind, nodes, epoch }: Incident, nameOf: NameOf): string {
  const named = (part: Incident['nodes'][number]['part']): string =>
    nodes
      .filter((each) => each.part === part)
      .map(({ node }) => nameOf(node))
      .join(', ');
  const [old, heir, others] = [
    named('old-primary'),
    named('new-primary'),
    named('isolated') || named('lost') || named('subject'),
  ];
  const who =
    heir !== '' && old !== ''
      ? `${old} → ${heir}`
      : [others, heir === '' ? '' : `→ ${heir}`].filter((text) => text !== '').join(' ');
  return [TITLES[kind], who === '' ? null : who, epoch === null ? null : `epoch ${epoch}`]
    .filter((each) => each !== null)
    .join(', ');
}

type Sentence = (facts: Statement['facts'], nameOf: NameOf) => string;

const name = (value: unknown, nameOf: NameOf): string => (typeof value === 'string' ? nameOf(value) : 'a node');

/** Statements that no line says in so many words, or that a line says in the servers' own. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  'node-suspected': ({ node }, of) => `suspects ${name(node, of)}: no answer within the node timeout`,
  'node-reported-unreachable': ({ node, reporter }, of) =>
    `hears from ${name(reporter, of)} that it does not reach ${name(node, of)}`,
  'node-marked-failing': ({ node }, of) => `declares ${name(node, of)} failed: a majority of voters does not reach it`,
  'fail-message-received': ({ node, from }, of) => `is told by ${name(from, of)} that ${name(node, of)} has failed`,
  'fail-cleared': ({ node }, of) => `takes ${name(node, of)} back: it answers again`,
  'fail-cleared-unserved': ({ node }, of) =>
    `takes ${name(node, of)} back: it answers again and nobody has taken its slots`,
  'election-delayed': ({ ms, rank, offset }) =>
    `waits ${String(ms)} ms before it stands for election (rank ${String(rank)}, offset ${String(offset)})`,
  'election-started': ({ epoch }) => `stands for election in epoch ${String(epoch)}`,
  'election-won': () => 'has the votes of a majority and is primary now',
  'epoch-after-failover': ({ epoch }) => `its config epoch is ${String(epoch)}`,
  'epoch-raised': ({ epoch }) => `raises its config epoch to ${String(epoch)} without a vote`,
  'vote-granted': ({ to, epoch }, of) => `votes for ${name(to, of)} in epoch ${String(epoch)}`,
  'vote-denied-already-voted': ({ to, epoch }, of) =>
    `refuses ${name(to, of)} its vote: it has voted in epoch ${String(epoch)} already (two elections at once; the next one decides)`,
  'vote-denied-too-soon': ({ to }, of) =>
    `refuses ${name(to, of)} its vote: it voted for a replica of the same primary a moment ago`,
  'vote-denied-unknown-primary': ({ to }, of) =>
    `refuses ${name(to, of)} its vote: it does not know whose replica that is`,
  'vote-denied-primary-up': ({ to }, of) => `refuses ${name(to, of)} its vote: it still reaches the primary`,
  'vote-denied-is-primary': ({ to }, of) => `refuses ${name(to, of)} its vote: it takes it for a primary`,
  'vote-denied-old-epoch': ({ to, epoch, currentEpoch }, of) =>
    `refuses ${name(to, of)} its vote: its epoch ${String(epoch)} is behind ${String(currentEpoch)} (it has missed news)`,
  'vote-denied-newer-owner': ({ to, slot }, of) =>
    `refuses ${name(to, of)} its vote: slot ${String(slot)} has a newer owner than the candidate knows of`,
  'vote-denied-just-restarted': ({ to }, of) => `refuses ${name(to, of)} its vote: it has only just started`,
  'votes-so-far': ({ quorum, votes }) => `has ${String(votes)} of ${String(quorum)} votes`,
  'manual-failover-accepted': () => 'is asked by a person to take its primary’s place',
  'forced-failover-accepted': () => 'is asked to take its primary’s place without its consent',
  'takeover-accepted': () => 'takes its primary’s place without a vote, as a person asked',
  'manual-failover-requested': ({ replica }, of) => `holds writes back, so that ${name(replica, of)} can catch up`,
  'manual-failover-timed-out': () => 'gives the manual failover up: it took too long',
  'manual-caught-up': () => 'has caught up with all that its primary wrote',
  'became-replica': ({ of: primary }, of) => `follows ${name(primary, of)} from now on`,
  'replica-migrates': ({ to }, of) => `leaves its primary for ${name(to, of)}, which has no replica`,
  'failover-seen': ({ from, to }, of) => `sees that ${name(to, of)} has taken the slots of ${name(from, of)}`,
  'promoted-in-shard': ({ oldPrimary }, of) => `replaces ${name(oldPrimary, of)}`,
  'replaced-primary': ({ primary }, of) => `replaces ${name(primary, of)}, which it followed`,
  'process-starting': () => 'a new process starts',
  'process-killed': () => 'its process ended without a word: it was killed, or its machine went',
  'node-cut-off': () => 'went on working meanwhile: it was cut off, not dead',
  'node-silent': () => 'its process lived through it and wrote nothing',
  'came-back-empty': () => 'has no keys when it is back',
  'election-repeated': ({ count }) => `stood for election ${String(count)} times`,
  'minority-side': ({ nodes }, of) =>
    `on the side that the majority could not hear: ${Array.isArray(nodes) ? nodes.map((node) => of(node)).join(', ') : ''}`,
  'nobody-took-its-place': () => 'no replica was promoted; its slots were not served until it was back',
  'role-guessed': ({ role }) => `that it was a ${String(role)} is a guess: its own log is missing`,
  'asked-in-vain': () => 'did not become primary',
  'writes-may-be-lost': ({ primary }, of) =>
    `writes that ${name(primary, of)} acknowledged last may not have reached it: replication is asynchronous`,
  'maybe-killed': () => 'its process was killed or its machine went',
  'maybe-machine-lost': () => 'its machine went, not only its process',
  'maybe-majority-lost': () =>
    'a majority of the primaries was gone, so that nobody could be declared failed or elected',
  'maybe-slots-unserved': () => 'slots had no owner',
  'maybe-hung': () => 'its process hung or was stopped for a while',
  'maybe-cut-off': () => 'the network kept it from the others',
};

/** A statement without its subject; what has no sentence is told in the words of the line. */
export function sentenceOf({ code, facts, evidence }: Statement, nameOf: NameOf): string {
  const sentence = SENTENCES[code];
  if (sentence !== undefined) return sentence(facts, nameOf);
  const [first] = evidence;
  return first?.from === 'log' ? `“${first.text}”` : code;
}
