import type { CommandName } from './command-names.ts';

const access = `Access:
  -a, --pass PASSWORD     password; REDISCLI_AUTH in the environment does the same and shows in no process list
  --askpass               read the password from standard input
  --user NAME             ACL user
  --tls                   speak TLS; --cacert FILE, --cert FILE, --key FILE, --sni NAME, --insecure as in redis-cli
  -h HOST, -p PORT        another way to name the node

Output:
  --json                  one JSON document on standard output and nothing else

Exit status: 0 done and healthy · 1 failed or unhealthy · 2 the arguments make no sense`;

const running = `The plan is shown first and asked for (--yes: not). --simulate shows it only. Ctrl-C pauses at the next safe point; the journal
is in --state DIR, SLOTDECK_STATE, or ~/.local/state/slotdeck, and "slotdeck resume" goes on from it also after a crash.
A node is named by its id, the beginning of one, or its address. Instead of --yes redis-cli's REDISCLI_CLUSTER_YES=1 counts too.`;

const texts: Readonly<Record<CommandName, string>> = {
  check: `slotdeck check HOST:PORT [options]
slotdeck --cluster check HOST:PORT [options]

Asks every node of the cluster, replicas too, and says what is wrong: nodes that do not agree on who owns which slot, open slots, slots
that nobody has, and what redis-cli does not look for: failed and suspected nodes, nodes that give no answer, primaries without a
replica, replicas on their primary's host, equal config epochs, replicas without a link, half-joined nodes.
  --search    (--cluster-search-multiple-owners) also whether nodes hold keys of slots that are not their own
What a failover or a move shows for a moment is looked at again before it is told. Nothing is changed.`,
  info: `slotdeck info HOST:PORT [options]
slotdeck --cluster info HOST:PORT [options]

Keys, slots and replicas of each primary. Keys are counted over all databases.`,
  call: `slotdeck call HOST:PORT COMMAND [ARGUMENT ...] [options]
slotdeck --cluster call HOST:PORT COMMAND [ARGUMENT ...] [--cluster-only-masters | --cluster-only-replicas]

Sends one command to every node at the same time and prints what each answers. A node that fails makes the exit status 1. Options of
ours stand before the address; after it every word belongs to the command.
  --only-primaries, --only-replicas    not to all nodes`,
  backup: `slotdeck backup HOST:PORT FOLDER [options]
slotdeck --cluster backup HOST:PORT FOLDER

Saves every primary's data as an RDB file, what the nodes say of the cluster (nodes.json), and a manifest with the digest of each file. A
folder without the manifest is no whole backup. Nothing is saved while a node that owns slots gives no answer. How to bring it back
stands in docs/backup.md.`,
  explain: `slotdeck explain FILE|FOLDER|- ... [--json]

Tells what happened to a cluster from the logs of its nodes, without the cluster: failovers with who saw what, who voted and in which epoch,
partitions, lost nodes, restarts, and what each statement rests on. The more nodes' logs there are, the more can be told; files of a
rotated log (.1, .2.gz) are read as one. Redis 3.0 to 8.6 and Valkey 7.2 to 9.1 are understood, in all their log formats.
Times are as the logs show them; clocks and zones that differ are judged by messages that two logs tell of. What is inferred says so.`,
  create: `slotdeck create HOST:PORT HOST:PORT ... [--replicas N] [--zone HOST:PORT=ZONE ...] [--allow-same-zone] [--allow-few] [--yes]
slotdeck --cluster create HOST:PORT ... --cluster-replicas N

Makes a cluster out of empty nodes. Which nodes become primaries, and whom the others follow, is the same each time: replicas stand in
another zone than their primary. The zone of a node is what --zone says, else its own availability zone, else its host. When that
cannot be had, or there are fewer than three primaries, it is refused unless it is asked for; redis-cli's form takes the former with a
warning, as redis-cli does. It is done when every node sees the whole cluster and calls it ok; cancel makes every node empty again.
${running}`,
  fix: `slotdeck fix HOST:PORT [--slot-ranges 0-99,200] [--choose SLOTS=NODE ...] [--with-unreachable] [--accept-loss] [--yes]
slotdeck --cluster fix HOST:PORT [--cluster-fix-with-unreachable-masters]

Repairs slots: open ones, those that nobody or several claim, and keys on nodes that do not own their slot. The plan says for each whose
it is to be, why, and what was seen. Where that cannot be told it asks: --choose names the owner. Keys are brought to the owner; where
two nodes hold different values under one key it stops before either is touched.
Nothing is repaired while a primary with slots gives no answer, unless --with-unreachable says so; and what is lost by that needs
--accept-loss, which --yes never stands for.
${running}`,
  import: `slotdeck import HOST:PORT --from HOST:PORT [--copy] [--replace] [--databases 0,1] [--keys-per-second N] [--yes]
slotdeck --cluster import HOST:PORT --cluster-from HOST:PORT [--cluster-copy] [--cluster-replace]

Takes the keys of a server of its own into the cluster, with their times to live, binary names and all. Without --copy each key is removed
from there once the cluster has it. A key that the cluster has already is compared: the same value is no conflict; a different one is left
alone on both sides and told at the end, unless --replace says otherwise. Functions, scripts and configuration do not come along.
  --from-user NAME, --from-pass PASSWORD    login at that server; SLOTDECK_FROM_AUTH in the environment shows in no process list
  --from-askpass                            read that password from standard input
  --from-tls                                speak TLS with it
${running}
Passwords are not in the journal: give them again with resume.`,
  reshard: `slotdeck reshard HOST:PORT [--from ID,ID|all] --to ID[,ID] (--slots N | --slot-ranges 0-99,200) [--driver classic|atomic] [--leave-large] [--yes]

Moves slots with their keys. What is not said is asked for, as redis-cli does. --driver atomic has the servers do it by themselves (Valkey 9.0,
Redis 8.4 and later): quicker, and all writes of the source are held for a moment at the end of each part. --leave-large leaves slots with
keys so large that both nodes would stand still for them. rebalance and drain know both too.
${running}`,
  rebalance: `slotdeck rebalance HOST:PORT [--by slots|keys|memory] [--weight ID=W ...] [--use-empty] [--threshold 2] [--simulate] [--yes]

Gives every primary its share. Weight 0 empties one.
${running}`,
  drain: `slotdeck drain HOST:PORT --node ID [--to ID,ID|all] [--yes]

Takes every slot from a primary.
${running}`,
  failover: `slotdeck failover HOST:PORT --node REPLICA [--mode normal|force|takeover] [--confirm PHRASE] [--yes]

Lets a replica take its primary's place. force and takeover can lose writes and ask for a phrase.
${running}`,
  replicate: `slotdeck replicate HOST:PORT --node ID --primary ID [--yes]

Lets a node follow a primary.
${running}`,
  detach: `slotdeck detach HOST:PORT --node REPLICA [--yes]

Makes a replica an empty primary of its own.
${running}`,
  'set-timeout': `slotdeck set-timeout HOST:PORT MILLISECONDS [--yes]

Sets cluster-node-timeout on all nodes and reads it back from each.
${running}`,
  'add-node': `slotdeck add-node NEWHOST:PORT HOST:PORT [--as primary|replica] [--primary ID] [--yes]
slotdeck --cluster add-node NEWHOST:PORT HOST:PORT [--cluster-slave [--cluster-master-id ID]]

Takes an empty node into the cluster. It is done when every member knows it.
${running}`,
  'remove-node': `slotdeck remove-node HOST:PORT ID [--drain [--to ID,ID|all]] [--then reset|reset-hard|shutdown] [--yes]
slotdeck --cluster del-node HOST:PORT ID

Takes a node out: its slots drained where asked for, its replicas given away, reset, and forgotten by all.
${running}`,
  plan: `slotdeck plan KIND HOST:PORT [options of that change]

Makes the plan of any change below (plan reshard, plan create, plan fix …), shows it and keeps it; nothing is sent. "slotdeck run" carries it out
later, as long as the cluster is still what the plan was made from. Plans are in the folder of the journal.`,
  run: `slotdeck run PLAN [--yes] [--confirm PHRASE] [--pace gentle|balanced|fast|5ms] [--state DIR]

Carries out a plan that "slotdeck plan" kept. Refused when the cluster has changed since, with what changed. Passwords are not in the plan: give
them again. A plan is run once.`,
  pause: `slotdeck pause OPERATION [--state DIR]

Has the process of this machine that carries an operation out pause it at the next safe point, as Ctrl-C there does, and waits until it has.`,
  pace: `slotdeck pace OPERATION gentle|balanced|fast|5ms [--state DIR]

Changes how hard an operation leans on the nodes while it runs, in whatever terminal that is: a name, or the milliseconds that a client may have to
wait because of it. One that is paused keeps to it once it is resumed with --pace.`,
  completion: `slotdeck completion bash|zsh|fish

Prints a script that completes commands and options. bash: eval "$(slotdeck completion bash)"`,
  ops: `slotdeck ops [--state DIR] [--json]

Operations that were carried out from here, newest first.`,
  resume: `slotdeck resume OPERATION [--pace gentle|balanced|fast|5ms] [--state DIR]

Goes on with an operation that was paused, or whose process was ended, from where the cluster is now.`,
  cancel: `slotdeck cancel OPERATION [--state DIR]

Gives an operation up at the next safe point. What was moved stays moved.`,
};

/** What `--help` prints. */
export function helpText(about: CommandName | null): string {
  if (about !== null) return `${texts[about]}\n\n${access}\n`;
  return `slotdeck COMMAND HOST:PORT [options]     (or: slotdeck --cluster COMMAND HOST:PORT, as redis-cli has it)

Commands:
  check    every node's view compared, and what is wrong
  info     keys, slots and replicas per primary
  call     one command to every node
  backup   data and state of every primary, into a folder
  create                                  a cluster out of empty nodes
  fix                                     open, lost and contested slots
  import                                  keys of another server
  reshard · rebalance · drain             move slots
  failover · replicate · detach           change roles
  add-node · remove-node (del-node)       nodes that come and go
  set-timeout                             the node timeout of all
  plan · run                              a plan now, its start later
  ops · pause · pace · resume · cancel    operations begun before
  completion                              for your shell
  help     this, or: help COMMAND

${access}
`;
}
