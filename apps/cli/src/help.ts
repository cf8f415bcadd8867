import type { CommandName } from './read-arguments.ts';

const access = `Access:
  -a, --pass PASSWORD     password; REDISCLI_AUTH in the environment does the same and shows in no process list
  --askpass               read the password from standard input
  --user NAME             ACL user
  --tls                   speak TLS; --cacert FILE, --cert FILE, --key FILE, --sni NAME, --insecure as in redis-cli
  -h HOST, -p PORT        another way to name the node

Output:
  --json                  one JSON document on standard output and nothing else

Exit status: 0 done and healthy · 1 failed or unhealthy · 2 the arguments make no sense`;

const texts: Readonly<Record<CommandName, string>> = {
  check: `slotdeck check HOST:PORT [options]
slotdeck --cluster check HOST:PORT [options]

Asks every node of the cluster, replicas too, and says what is wrong: nodes that do not agree on who owns which slot, open slots, slots
that nobody has, and what redis-cli does not look for: failed and suspected nodes, nodes that give no answer, primaries without a
replica, replicas on their primary's host, equal config epochs, replicas without a link, half-joined nodes.
What a failover or a move shows for a moment is looked at again before it is told. Nothing is changed.`,
  info: `slotdeck info HOST:PORT [options]
slotdeck --cluster info HOST:PORT [options]

Keys, slots and replicas of each primary. Keys are counted over all databases.`,
  call: `slotdeck call HOST:PORT COMMAND [ARGUMENT ...] [options]
slotdeck --cluster call HOST:PORT COMMAND [ARGUMENT ...] [--cluster-only-masters | --cluster-only-replicas]

Sends one command to every node at the same time and prints what each answers. A node that fails makes the exit status 1. Options of
ours stand before the address; after it every word belongs to the command.
  --only-primaries, --only-replicas    not to all nodes`,
};

/** What `--help` prints. */
export function helpText(about: CommandName | null): string {
  if (about !== null) return `${texts[about]}\n\n${access}\n`;
  return `slotdeck COMMAND HOST:PORT [options]     (or: slotdeck --cluster COMMAND HOST:PORT, as redis-cli has it)

Commands:
  check    every node's view compared, and what is wrong
  info     keys, slots and replicas per primary
  call     one command to every node
  help     this, or: help COMMAND

${access}
`;
}
