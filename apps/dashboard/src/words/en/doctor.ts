import type { Area } from '../phrase.ts';

export const doctor = {
  healthy: 'Nothing is wrong that could be found',
  healthyWhat: 'All {n} kinds of finding were looked for in what the nodes say.',
  sentence: { one: 'One finding', other: '{n} findings' },
  critical: { one: '1 critical', other: '{n} critical' },
  warnings: { one: '1 warning', other: '{n} warnings' },
  notices: { one: '1 notice', other: '{n} notices' },
  notSeen: 'No node has answered yet, so nothing can be said.',
} as const satisfies Area;
