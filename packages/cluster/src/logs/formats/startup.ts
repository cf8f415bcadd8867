import type { FormatRow } from '../log-format.ts';

export const startupFormats: readonly FormatRow[] = [
  ['failed-listening-port-cluster-aborting', 'Failed listening on port {port:int} (cluster), aborting.'],
  [
    'no-bind-address-configured-but-required-cluster-bus',
    'No bind address is configured, but it is required for the Cluster bus.',
  ],
  [
    'port-number-too-high-cluster-communication-port-10-000',
    '{what} port number too high. Cluster communication port is 10,000 port numbers higher than your {your} port. Your {your2} port number must be 55535 or less.',
  ],
  [
    'redis-port-number-too-high-cluster-communication-port-10',
    'Redis port number too high. Cluster communication port is 10,000 port numbers higher than your Redis port. Your Redis port number must be 55535 or less.',
  ],
  [
    'redis-port-number-too-high-cluster-communication-port-10',
    'Redis port number too high. Cluster communication port is 10,000 port numbers higher than your Redis port. Your Redis port number must be lower than 55535.',
  ],
];
