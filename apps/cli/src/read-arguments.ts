import { parseAddress } from '@slotdeck/cluster/connection/node-address';
import type { NodeAddress } from '@slotdeck/cluster/connection/node-calls';

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
  readonly json: boolean;
}

/** What the command line asks for. */
export type Asked =
  | ({ readonly command: 'check' | 'info' } & Base)
  | ({
      readonly command: 'call';
      readonly words: readonly string[];
      readonly only: 'all' | 'primaries' | 'replicas';
    } & Base)
  | { readonly command: 'help'; readonly about: CommandName | null };

export const commandNames = ['check', 'info', 'call'] as const;
export type CommandName = (typeof commandNames)[number];

/** Arguments that say nothing sensible: exit 2. */
export class UsageError extends Error {
  readonly code = 'usage';
  readonly about: CommandName | null;
  constructor(message: string, about: CommandName | null = null) {
    super(message);
    this.name = 'UsageError';
    this.about = about;
  }
}

interface Collected {
  readonly words: string[];
  readonly values: Map<string, string>;
  readonly switches: Set<string>;
}

/** Options with a value, by every spelling → what they are called here. */
const valued: Readonly<Record<string, string>> = {
  '-a': 'password',
  '--pass': 'password',
  '--password': 'password',
  '--user': 'username',
  '--cacert': 'ca',
  '--cert': 'cert',
  '--key': 'key',
  '--sni': 'sni',
  '-h': 'host',
  '-p': 'port',
};

const plain: Readonly<Record<string, string>> = {
  '--askpass': 'askpass',
  '--tls': 'tls',
  '--insecure': 'insecure',
  '--json': 'json',
  '--help': 'help',
  // Says nothing here: we never print the password.
  '--no-auth-warning': 'quiet',
  '--cluster-yes': 'yes',
  '--only-primaries': 'only-primaries',
  '--only-replicas': 'only-replicas',
  '--cluster-only-masters': 'only-primaries',
  '--cluster-only-primaries': 'only-primaries',
  '--cluster-only-replicas': 'only-replicas',
  // Looked for in every check, so asking for it changes nothing.
  '--cluster-search-multiple-owners': 'search',
};

/**
 * Reads both ways of asking: `slotdeck check host:port [options]` and redis-cli's own `slotdeck --cluster check host:port [options]`. After
 * the address of `call` every word belongs to the command that is sent, as in redis-cli.
 * @throws UsageError
 */
export function readArguments(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Asked {
  const cluster = argv.indexOf('--cluster');
  const flat = cluster === -1 ? argv : [...argv.slice(0, cluster), ...argv.slice(cluster + 1)];
  const { words, values, switches } = collect(flat);
  const name = words.shift();
  if (name === undefined || name === 'help') {
    return { command: 'help', about: commandNames.find((each) => each === words[0]) ?? null };
  }
  const command = commandNames.find((each) => each === name);
  if (command === undefined) throw new UsageError(`There is no command "${name}".`);
  if (switches.has('help')) return { command: 'help', about: command };
  const address = readAddress(words, values, command);
  const base = { address, access: accessOf(values, switches, env), json: switches.has('json') };
  if (command === 'call') {
    if (words.length === 0) throw new UsageError('Say which command to send.', command);
    const only = switches.has('only-primaries') ? 'primaries' : switches.has('only-replicas') ? 'replicas' : 'all';
    if (switches.has('only-primaries') && switches.has('only-replicas')) {
      throw new UsageError('Only primaries and only replicas exclude each other.', command);
    }
    return { command, ...base, words, only };
  }
  if (words.length > 0) throw new UsageError(`Nothing is known of "${words.join(' ')}".`, command);
  return { command, ...base };
}

function collect(argv: readonly string[]): Collected {
  const words: string[] = [];
  const values = new Map<string, string>();
  const switches = new Set<string>();
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    // `call host:port …`: what follows is another command's, whatever it looks like; our own options stand before or are ours by name.
    const isSent = words[0] === 'call' && words.length >= 2;
    const value = valued[word];
    const plainName = plain[word];
    if (isSent && !word.startsWith('--cluster-') && word !== '--json') words.push(word);
    else if (value !== undefined) {
      const given = argv[at + 1];
      if (given === undefined) throw new UsageError(`${word} needs a value.`);
      values.set(value, given);
      at += 1;
    } else if (plainName !== undefined) switches.add(plainName);
    else if (word.startsWith('-')) throw new UsageError(`The option ${word} is not known.`);
    else words.push(word);
  }
  return { words, values, switches };
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
  const password = values.get('password') ?? env['REDISCLI_AUTH'];
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
