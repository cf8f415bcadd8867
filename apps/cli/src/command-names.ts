/** Commands that change a cluster, by the kind of their plan. */
export const operationNames = [
  'create',
  'fix',
  'import',
  'reshard',
  'rebalance',
  'drain',
  'failover',
  'replicate',
  'detach',
  'set-timeout',
  'add-node',
  'remove-node',
] as const;
export type OperationName = (typeof operationNames)[number];

/** About plans and operations that this folder has. */
export const journalNames = ['ops', 'run', 'pause', 'pace', 'resume', 'cancel'] as const;
export type JournalName = (typeof journalNames)[number];

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export const commandNames = [
  'check',
  'info',
  'call',
  'backup',
  'explain',
  'plan',
  ...operationNames,
  ...journalNames,
  'completion',
] as const;
export type CommandName = (typeof commandNames)[number];

/** As redis-cli calls it. */
export const otherNames: Readonly<Record<string, CommandName>> = { 'del-node': 'remove-node' };
