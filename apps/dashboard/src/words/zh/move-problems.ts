import type { moveProblems as en } from '../en/move-problems.ts';
import type { SameKeys } from '../phrase.ts';

export const moveProblems: SameKeys<typeof en> = {
  'node-did-not-answer': '{name} 对 {command} 没有应答（{seen}）。',
  'node-failed': '{name} 已失效，尚无副本接替。',
  'node-busy': '{name} 目前无法服务：{seen}',
  'views-changed': '集群在途中发生变化：{seen}',
  'replicas-too-few': '{name} 的副本没有确认变更：{seen}',
  'epoch-not-heard': '{name} 尚未得知纪元 {epoch}。没有它，故障转移可能使移交失效。',
  'epoch-did-not-rise': '{name} 接收了槽但纪元没有提高（{epoch}）。此时故障转移可能使其失效。',
  'replica-does-not-know': '{names} 尚未显示槽 {slots} 归 {target}。在此之前，故障转移可能丢失这些槽。',
  'majority-does-not-know': '所需的 {needed} 个主节点中只有 {heard} 个得知 {target} 拥有槽 {slots}。',
  'target-not-reachable-from-source': '{source} 无法把键传给 {target}：{seen}',
  'slots-not-closed': '槽 {slots} 在 {names} 上仍处于开放状态。',
  'nodes-do-not-agree': '{names} 没有显示已迁移的槽归新的节点：{slots}。',
  'failover-not-completed': '到 {name} 的故障转移未完成：{seen}。',
  'not-seen-as-replica': '{names} 尚未将 {name} 显示为 {primary} 的副本。',
  'timeout-not-set': '这些节点未接受 {ms} 毫秒的节点超时：{names}。',
  'not-known-everywhere':
    '{names} 与 {name} 尚未互相认识。每个节点都必须能在双向上通过总线端口（{busPort}）访问其他节点。',
  'still-listed': '{names} 仍列出 {name}。',
  'node-changed-role': '{name} 不再是主节点。',
  'node-unknown': '{node} 已不是集群成员。',
  'slot-owner-changed': '槽 {slots} 现在属于 {owner}，它不是此次迁移的任何一端。',
  'slot-without-owner': '已没有节点声明槽 {slots} 的归属。',
  'two-owners': '两端都声明拥有槽 {slots}，而目标的纪元并不更大。',
  'slot-open-for-others': '槽 {slots} 对此次迁移之外的节点处于开放状态。',
  'key-on-both-sides':
    '{count} 个键同时存在于 {source} 和 {target}，且值不同：{keys}。两者均未改动。客户端目前读写的是 {source} 上的副本。继续或取消都会保留这些副本并丢弃 {target} 上的副本，本步骤中其他同类的键也一样。若要保留另一个，请先在 {source} 上删除该键。',
  'target-out-of-memory': '{name} 因内存已满而拒绝键（{seen}）。',
  'no-permission': '{name} 不允许此用户执行 {command}：{seen}',
  'wrong-credentials': '{name} 拒绝登录（{seen}）。',
  'target-refused': '{target} 拒绝了一个键：{seen}',
  'other-migration': '{name} 正忙于另一次迁移：{seen}',
  'slot-does-not-drain': '槽 {slots} 在 {name} 上仍有 {keys} 个键，迁移并未使其减少。',
  'keys-left-behind': '{name} 已不再拥有槽 {slots}，但仍持有其中的 {keys} 个键。',
  'unexpected-reply': '{name} 对 {command} 的应答是：{seen}',
  'end-gone':
    '{name} 已不在，因此既无法继续也无法撤销。若它不会再回来，请再次取消：槽 {slots} 将保持现状，未关闭的槽会列在发现的问题中，已迁到失去节点上的键随之丢失。',
  'storage-full': '控制台的磁盘已满。无法写入日志的操作不会执行：请在其数据目录中释放空间，然后继续。',
  'storage-failed': '无法写入控制台的操作日志（{seen}）。无法写入日志的操作不会执行：请先修复，然后继续。',
  'unexpected-error': '发生了不该发生的故障：{message}',
};
