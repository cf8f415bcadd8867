import type { Plan } from '@slotdeck/model/plan';

/** The line that asks for the same in a terminal. Written by hand it would look like this; it is shown, never run. */
export function cliLine(plan: Plan, address: string): string {
  return ['slotdeck', ...wordsOf(plan, address)].map(quote).join(' ');
}

const quote = (word: string): string =>
  /^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** How slots go over, where that was chosen. */
const ways = ({
  driver,
  largeKeys,
}: {
  readonly driver?: string | undefined;
  readonly largeKeys?: string | undefined;
}): string[] => [
  ...(driver === undefined ? [] : ['--driver', driver]),
  ...(largeKeys === 'leave' ? ['--leave-large'] : []),
];

const flags = (given: Readonly<Record<string, boolean>>): string[] =>
  Object.entries(given).flatMap(([name, isOn]) => (isOn ? [name] : []));

function wordsOf(plan: Plan, address: string): string[] {
  const option = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [name, String(value)];
  switch (plan.kind) {
    case 'reshard': {
      const { from, to, count, slots } = plan.params;
      return [
        'reshard',
        address,
        '--from',
        from.join(','),
        '--to',
        to.join(','),
        ...option('--slots', count),
        ...option('--slot-ranges', slots),
        ...ways(plan.params),
      ];
    }
    case 'rebalance': {
      const { by, threshold, useEmpty, weights } = plan.params;
      const pairs = Object.entries(weights).map(([node, weight]) => `${node}=${weight}`);
      return [
        'rebalance',
        address,
        '--by',
        by,
        '--threshold',
        String(threshold),
        ...flags({ '--use-empty': useEmpty }),
        ...ways(plan.params),
        ...(pairs.length > 0 ? ['--weight', ...pairs] : []),
      ];
    }
    case 'drain':
      return ['drain', address, '--node', plan.params.node, '--to', plan.params.to.join(','), ...ways(plan.params)];
    case 'create': {
      const { nodes, replicas, zones, allowFew, allowSameZone } = plan.params;
      const pairs = Object.entries(zones).map(([node, zone]) => `${node}=${zone}`);
      return [
        'create',
        ...nodes,
        '--replicas',
        String(replicas),
        ...(pairs.length > 0 ? ['--zone', ...pairs] : []),
        ...flags({ '--allow-few': allowFew, '--allow-same-zone': allowSameZone }),
      ];
    }
    case 'add-node': {
      const { address: newcomer, as, primary } = plan.params;
      return ['add-node', newcomer, address, '--as', as, ...option('--primary', primary)];
    }
    case 'remove-node': {
      const { node, then, drain } = plan.params;
      return ['remove-node', address, node, ...flags({ '--drain': drain }), '--then', then];
    }
    case 'replicate':
      return ['replicate', address, '--node', plan.params.node, '--primary', plan.params.primary];
    case 'detach':
      return ['detach', address, '--node', plan.params.node];
    case 'failover':
      return ['failover', address, '--node', plan.params.node, '--mode', plan.params.mode];
    case 'fix': {
      const { slots, choices, withUnreachable, acceptLoss } = plan.params;
      return [
        'fix',
        address,
        ...option('--slot-ranges', slots),
        ...(choices.length > 0 ? ['--choose', ...choices.map((each) => `${each.slots}=${each.owner}`)] : []),
        ...flags({ '--with-unreachable': withUnreachable, '--accept-loss': acceptLoss }),
      ];
    }
    case 'set-timeout':
      return ['set-timeout', address, String(plan.params.ms)];
    case 'import': {
      const { from, fromUsername, fromTls, copy, replace, keysPerSecond, databases } = plan.params;
      return [
        'import',
        address,
        '--from',
        from,
        ...option('--from-user', fromUsername),
        ...flags({ '--from-tls': fromTls, '--copy': copy, '--replace': replace }),
        ...option('--keys-per-second', keysPerSecond),
        ...option('--databases', databases?.join(',')),
      ];
    }
  }
}
