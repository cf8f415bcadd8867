import type { fixProblems as en } from '../en/fix-problems.ts';
import type { SameKeys } from '../phrase.ts';

export const fixProblems: SameKeys<typeof en> = {
  'fix-nothing': '没有槽需要修复：每个槽只有一个所有者，没有打开的槽，也没有节点持有别人的键。',
  'fix-by-chosen': '槽 {slots} 归 {owner}：已由人选定。所见：{seen}。',
  'fix-by-move-under-way': '槽 {slots} 归 {owner}：向它的迁移正在进行，部分键已到达。所见：{seen}。',
  'fix-by-nothing-moved': '槽 {slots} 归 {owner}：迁移已开始，但没有键离开它。所见：{seen}。',
  'fix-by-only-claimer': '槽 {slots} 归 {owner}：它是唯一声称拥有这些槽的节点。所见：{seen}。',
  'fix-by-only-holder': '槽 {slots} 归 {owner}：相关节点中只有它持有这些槽的键。所见：{seen}。',
  'fix-by-named-by-others': '槽 {slots} 归 {owner}：其他节点认为它是所有者。所见：{seen}。',
  'fix-by-greatest-epoch': '槽 {slots} 归 {owner}：没有节点持有其键，而它的声明纪元最大。所见：{seen}。',
  'fix-by-nobody-holds': '槽 {slots} 归 {owner}：没有节点声称拥有或持有其键，而它的槽最少。所见：{seen}。',
  'fix-needs-choice':
    '从所见无法判断槽 {slots} 属于谁：{seen}。请选择所有者；其他节点上的键会移到它那里，值不同时会再次询问。',
  'fix-brings-keys':
    '{names} 上槽 {slots} 的 {keys} 个键会移到 {owner}。双方都有的键会比较：相同的合为一份，不同的则停下询问。它没有的键可能已在那里被删除，会重新出现。',
  'fix-keys-uncounted': '{name} 没有说明是否持有槽 {slots} 的键（{seen}）。',
  'fix-primary-silent':
    '{names} 拥有槽但没有应答。没有它们无法判断问题所在，其数据也无法保全。请先恢复它们，或让副本接替（故障转移），再行修复。',
  'fix-despite-silent': '{names} 没有应答，但仍要求修复。',
  'fix-would-lose':
    '槽 {slots} 属于没有应答的 {names}。若交给其他节点，只有它们持有的键都会丢失，即使它们恢复也一样。必须明确接受。',
  'fix-loses': '槽 {slots} 从 {names} 取走：只有这些节点持有的键会丢失。',
  'fix-owner-not-able': '{name} 不能拥有槽：它不是主节点，或没有应答。',
  'fix-choice-unused': '槽 {slots} 被指定了所有者，但无需修复。',
};
