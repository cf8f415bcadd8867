import { parseAddress, printAddress } from '@slotdeck/cluster/connection/node-address';
import type { NodeAddress } from '@slotdeck/cluster/connection/node-calls';
import {
  commandNames,
  journalNames,
  operationNames,
  otherNames,
  shells,
  type CommandName,
  type JournalName,
  type OperationName,
  type Shell,
} from './command-names.ts';
import { pairs, plain, valued } from './option-names.ts';
import type { ExplainWork } from './explain/explain.ts';
import type { OperationWords } from './operate/operation-words.ts';
import { UsageError } from './usage-error.ts';

/** How to log in and by which way, as redis-cli names it. Files are paths here; they are read later. */
export interface Access {
  readonly username?: string;
  readonly password?: string;
  /** Read the password from standard input. */
  readonly askPassword: boolean;
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly sni?: string;
    readonly insecure: boolean;
  } | null;
}

interface Base {
  readonly address: NodeAddress;
  readonly access: Access;
  /** The login at a server whose keys are imported. */
  readonly sourceAccess: Access;
  readonly json: boolean;
}

/** A change of the cluster. */
export interface OperationWork extends Base {
  readonly command: 'operate';
  readonly words: OperationWords;
  /** Folder of the journal; undefined: the usual one. */
  readonly state: string | undefined;
  /** Do not ask before a plan that can lose nothing. */
  readonly yes: boolean;
  /** Show the plan and send nothing. */
  readonly simulate: boolean;
  /** `plan KIND …`: keep the plan, to be run later. */
  readonly keep: boolean;
}

/** Something about operations that were begun before. */
export interface JournalWork extends Pick<Base, 'access' | 'sourceAccess' | 'json'> {
  readonly command: 'journal';
  readonly verb: JournalName;
  /** An operation, or the plan that is to be run. */
  readonly subject: string | undefined;
  readonly state: string | undefined;
  /** `run`: as with the plan's own command. */
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly pace: string | undefined;
}

/** What the command line asks for. */
export type Asked =
  | ({ readonly command: 'check'; readonly search: boolean } & Base)
  | ({ readonly command: 'info' } & Base)
  | ({
      readonly command: 'call';
      readonly words: readonly string[];
      readonly only: 'all' | 'primaries' | 'replicas';
    } & Base)
  | ({ readonly command: 'backup'; readonly folder: string } & Base)
  | ExplainWork
  | OperationWork
  | JournalWork
  | { readonly command: 'completion'; readonly shell: Shell }
  | { readonly command: 'help'; readonly about: CommandName | null };

/** Before these redis-cli asks whether the plan is right. */
const asksFirst: readonly OperationName[] = ['reshard', 'create'];

interface Collected {
  readonly words: string[];
  readonly values: Map<string, string>;
  readonly switches: Set<string>;
  readonly weights: string[];
  readonly zones: string[];
  readonly choices: string[];
}

/**
 * Reads both ways of asking: `slotdeck check host:port [options]` and redis-cli's own `slotdeck --cluster check host:port [options]`. After
 * the address of `call` every word belongs to the command that is sent, as in redis-cli.
 * @throws UsageError
 */
export function readArguments(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Asked {
  const cluster = argv.indexOf('--cluster');
  const flat = cluster === -1 ? argv : [...argv.slice(0, cluster), ...argv.slice(cluster + 1)];
  const collected = collect(flat);
  const { words, values, switches } = collected;
  const isPlan = words[0] === 'plan' && words.length > 1;
  if (isPlan) words.shift();
  const name = words.shift();
  if (name === undefined || name === 'help') {
    return { command: 'help', about: commandNames.find((each) => each === words[0]) ?? null };
  }
  const command = commandNames.find((each) => each === name) ?? otherNames[name];
  if (command === undefined) throw new UsageError(`There is no command "${name}".`);
  if (switches.has('help')) return { command: 'help', about: command };
  if (command === 'plan' || (isPlan && !operationNames.some((each) => each === command)))
    throw new UsageError('Say which change is to be planned: plan reshard, plan drain …', 'plan');
  if (command === 'completion') return { command, shell: shellOf(words[0]) };
  if (command === 'explain') {
    if (words.length === 0) throw new UsageError('Name log files, or folders of them.', command);
    return { command, paths: words, json: switches.has('json') };
  }
  const journalCommand = journalNames.find((each) => each === command);
  if (journalCommand !== undefined) return readJournalWork(journalCommand, collected, env);
  const operation = operationNames.find((each) => each === command);
  if (operation !== undefined) {
    // Where redis-cli warns that a replica stands beside its primary and goes on, its form does the same.
    if (cluster !== -1 && operation === 'create') switches.add('allow-same-zone').add('as-upstream');
    if (env['REDISCLI_CLUSTER_YES'] === '1') switches.add('yes');
    const work = readOperationWork(operation, collected, env);
    // Of the others redis-cli does not ask either; a script that calls it has no answer ready.
    if (isPlan) return { ...work, simulate: true, keep: true };
    return cluster !== -1 && !asksFirst.includes(operation) ? { ...work, yes: true } : work;
  }
  const address = readAddress(words, values, command);
  const base = {
    address,
    access: accessOf(values, switches, env),
    sourceAccess: sourceAccessOf(values, switches, env),
    json: switches.has('json'),
  };
  if (command === 'call') {
    if (words.length === 0) throw new UsageError('Say which command to send.', command);
    const only = switches.has('only-primaries') ? 'primaries' : switches.has('only-replicas') ? 'replicas' : 'all';
    if (switches.has('only-primaries') && switches.has('only-replicas')) {
      throw new UsageError('Only primaries and only replicas exclude each other.', command);
    }
    return { command, ...base, words, only };
  }
  if (command === 'backup') {
    const [folder, ...rest] = words;
    if (folder === undefined || rest.length > 0)
      throw new UsageError('Name the folder for the backup, and nothing else.', command);
    return { command, ...base, folder };
  }
  if (words.length > 0) throw new UsageError(`Nothing is known of "${words.join(' ')}".`, command);
  return command === 'check' ? { command, ...base, search: switches.has('search') } : { command: 'info', ...base };
}

function readJournalWork(
  verb: JournalName,
  { words, values, switches }: Collected,
  env: Readonly<Record<string, string | undefined>>,
): JournalWork {
  const [subject, second] = words;
  if (verb !== 'ops' && subject === undefined)
    throw new UsageError(verb === 'run' ? 'Name the plan.' : 'Name the operation.', verb);
  const access = accessOf(values, switches, env);
  return {
    command: 'journal',
    verb,
    subject,
    access,
    sourceAccess: sourceAccessOf(values, switches, env),
    json: switches.has('json'),
    state: values.get('state'),
    yes: switches.has('yes') || env['REDISCLI_CLUSTER_YES'] === '1',
    confirm: values.get('confirm'),
    pace: values.get('pace') ?? (verb === 'pace' ? second : undefined),
  };
}

/** @throws UsageError */
function shellOf(name: string | undefined): Shell {
  const shell = shells.find((each) => each === name);
  if (shell === undefined) throw new UsageError(`Name the shell: ${shells.join(' or ')}.`, 'completion');
  return shell;
}

function readOperationWork(
  kind: OperationName,
  { words, values, switches, weights, zones, choices }: Collected,
  env: Readonly<Record<string, string | undefined>>,
): OperationWork {
  const newcomer = kind === 'add-node' ? (words.shift() ?? null) : null;
  const nodes = kind === 'create' ? readAddresses(words, values) : null;
  const address = nodes?.[0] ?? readAddress(words, values, kind);
  const wanted = kind === 'set-timeout' || kind === 'remove-node' ? 1 : 0;
  if (words.length > wanted) throw new UsageError(`Nothing is known of "${words.slice(wanted).join(' ')}".`, kind);
  return {
    command: 'operate',
    words: {
      kind,
      rest: words,
      newcomer,
      nodes: (nodes ?? []).map(printAddress),
      weights,
      zones,
      choices,
      value: (name) => values.get(name),
      has: (name) => switches.has(name),
      list: (name) => (values.get(name) ?? '').split(',').filter((each) => each !== ''),
    },
    address,
    access: accessOf(values, switches, env),
    sourceAccess: sourceAccessOf(values, switches, env),
    json: switches.has('json'),
    state: values.get('state'),
    yes: switches.has('yes'),
    simulate: switches.has('simulate'),
    keep: false,
  };
}

function collect(argv: readonly string[]): Collected {
  const words: string[] = [];
  const values = new Map<string, string>();
  const switches = new Set<string>();
  const weights: string[] = [];
  const zones: string[] = [];
  const choices: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    // `call host:port …`: what follows is another command's, whatever it looks like; our own options stand before or are ours by name.
    const isSent = words[0] === 'call' && words.length >= 2;
    const value = valued[word];
    const plainName = plain[word];
    if (isSent && !word.startsWith('--cluster-') && word !== '--json') words.push(word);
    else if (pairs[word] !== undefined) {
      const list = { weights, zones, choices }[pairs[word]];
      // As many as follow: `--cluster-weight id=2 id=0.5`.
      for (; /^[^-=][^=]*=[^=]+$/.test(argv[at + 1] ?? ''); at += 1) list.push(argv[at + 1] ?? '');
    } else if (value !== undefined) {
      const given = argv[at + 1];
      if (given === undefined) throw new UsageError(`${word} needs a value.`);
      values.set(value, given);
      at += 1;
    } else if (plainName !== undefined) switches.add(plainName);
    else if (word.startsWith('-') && word !== '-') throw new UsageError(`The option ${word} is not known.`);
    else words.push(word);
  }
  return { words, values, switches, weights, zones, choices };
}

/** `host:port`, the two apart as old scripts have it, or `-h` and `-p`. */
function readAddress(words: string[], values: ReadonlyMap<string, string>, about: CommandName): NodeAddress {
  const [first, second] = words;
  const isApart = first !== undefined && !first.includes(':') && second !== undefined && /^\d{1,5}$/.test(second);
  if (isApart) {
    words.splice(0, 2);
    return asAddress(`${first}:${second}`, about);
  }
  if (first !== undefined && first.includes(':')) {
    words.shift();
    return asAddress(first, about);
  }
  const host = values.get('host');
  const port = values.get('port');
  if (host !== undefined || port !== undefined) return asAddress(`${host ?? '127.0.0.1'}:${port ?? '6379'}`, about);
  throw new UsageError('Name one node of the cluster as host:port.', about);
}

/** All words: every node of a cluster that is to be made. */
function readAddresses(words: string[], values: ReadonlyMap<string, string>): NodeAddress[] {
  const addresses: NodeAddress[] = [];
  while (words.length > 0) {
    const before = words.length;
    addresses.push(readAddress(words, values, 'create'));
    if (words.length === before)
      throw new UsageError(`"${words[0] ?? ''}" is no address; it has the form host:port.`, 'create');
  }
  return addresses;
}

function asAddress(text: string, about: CommandName): NodeAddress {
  const address = parseAddress(text);
  if (address === null) throw new UsageError(`"${text}" is no address; it has the form host:port.`, about);
  return address;
}

function accessOf(
  values: ReadonlyMap<string, string>,
  switches: ReadonlySet<string>,
  env: Readonly<Record<string, string | undefined>>,
): Access {
  const username = values.get('username');
  const fromEnv = env['REDISCLI_AUTH'];
  // Set and empty is how a script unsets it.
  const password = values.get('password') ?? (fromEnv === '' ? undefined : fromEnv);
  const usesTls =
    switches.has('tls') || ['ca', 'cert', 'key', 'sni'].some((name) => values.has(name)) || switches.has('insecure');
  const file = (name: string) => {
    const path = values.get(name);
    return path === undefined ? {} : { [name]: path };
  };
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    askPassword: switches.has('askpass'),
    tls: usesTls
      ? { ...file('ca'), ...file('cert'), ...file('key'), ...file('sni'), insecure: switches.has('insecure') }
      : null,
  };
}

function sourceAccessOf(
  values: ReadonlyMap<string, string>,
  switches: ReadonlySet<string>,
  env: Readonly<Record<string, string | undefined>>,
): Access {
  const username = values.get('from-user');
  const fromEnv = env['SLOTDECK_FROM_AUTH'];
  const password = values.get('from-pass') ?? (fromEnv === '' ? undefined : fromEnv);
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    askPassword: switches.has('from-askpass'),
    tls: switches.has('from-tls') ? { insecure: switches.has('insecure') } : null,
  };
}
