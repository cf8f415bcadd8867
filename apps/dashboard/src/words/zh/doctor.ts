import type { doctor as en } from '../en/doctor.ts';
import type { SameKeys } from '../phrase.ts';

export const doctor: SameKeys<typeof en> = {
  healthy: '没有发现任何问题',
  healthyWhat: '已根据各节点的说法检查全部 {n} 类发现。',
  sentence: '{n} 项发现',
  critical: '{n} 项严重',
  warnings: '{n} 项警告',
  notices: '{n} 项提示',
  notSeen: '尚无节点应答，因此无法判断。',
};
