import type { membershipProblems as en } from '../en/membership-problems.ts';
import type { SameKeys } from '../phrase.ts';

export const membershipProblems: SameKeys<typeof en> = {
  'candidate-no-answer': '{name} 不能成为集群节点：{problem}（{seen}）。',
  'candidate-ambiguous': '{name} 指向不同的节点：{answers}。请使用其中一个节点自己的地址。',
  'candidate-is-member': '{name} 已经是本集群的节点。',
  'candidate-knows-others':
    '{name} 认识另外 {count} 个节点：它属于另一个集群，引入会把两个集群合并。若并非如此，请先重置它（CLUSTER RESET）。',
  'candidate-has-slots': '{name} 已声明拥有 {slots} 个槽。请先重置它（CLUSTER RESET）。',
  'candidate-has-keys': '{name} 含有 {keys} 个键。新节点的所有数据库都必须为空。',
  'candidate-keys-unknown': '{name} 没有说明它是否为空。',
  'candidate-is-replica': '{name} 正在跟随另一个节点。',
  'candidate-has-functions': '{name} 自带 {libraries} 个函数库。请先删除（FUNCTION FLUSH）：它会得到集群的函数库。',
  'candidate-named-twice': '{name} 与 {other} 是同一个节点（{node}）。',
  'candidate-older': '{name} 运行 {version}，比集群中的 {newest} 旧：可能无法读取新节点发来的数据。',
  'add-primary-unknown': '本集群没有 id 为 {node} 的节点。',
  'add-no-primary': '集群中没有可供副本跟随的、拥有槽的主节点。',
  'add-on-same-host': '{name} 将与其主节点 {primary} 位于同一主机：主机故障时两者都会失去。',
  'remove-last-primary': '{name} 是唯一拥有槽的主节点。',
  'remove-has-slots': '{name} 拥有 {count} 个槽。请先排空，或在移除时一并排空。',
  'remove-dead-with-slots': '{name} 没有应答且拥有 {count} 个槽：忘记它之前，请让副本接替或修复这些槽。',
  'remove-has-keys': '{name} 不拥有槽却含有 {keys} 个键。重置会丢失它们；请先把键交给其所有者。',
  'remove-only-forgotten':
    '{name} 没有应答，因此只会被忘记。它仍认识本集群：若其进程恢复，会请求重新加入。启动前请重置或删除它。',
  'remove-peers-silent': '{names} 现在无法被告知忘记 {name}，它们恢复后会把它带回给其他节点。',
  'remove-no-heir-for-replicas': '{names} 跟随 {name}，而没有其他拥有槽的主节点可供它们跟随。',
  'remove-moves-replicas': '{names} 跟随 {name}，将改随其他主节点并完整复制其数据。',
  'detach-not-a-replica': '{name} 不是副本。',
  'detached-already': '{name} 已经是没有槽的主节点。',
  'detach-by-reset': '{name} 没有脱离主节点的命令（Valkey 9.0 起才有），因此会重置后以同一 id 重新引入。',
  'create-too-few-nodes': '{nodes} 个节点不足以组成各带 {replicas} 个副本的主节点。',
  'create-mixed-servers': '这些节点运行不同的服务器：{servers}。',
  'create-few-primaries':
    '{primaries} 个主节点在其中一个故障时没有多数，副本永远不会被选举。至少需要三个；更少时须明确要求。',
  'create-few-accepted': '只有 {primaries} 个主节点时，副本不会自动当选。',
  'placement-same-zone':
    '{count} 个副本不得不与自己的主节点位于同一区域（{names}）：该区域故障时分片会失去。请提供其他区域的节点，或接受此情况。',
  'placement-accepted': '{count} 个副本与自己的主节点位于同一区域：{names}。',
  'placement-zone-majority':
    '区域 {zone} 含有 {of} 个主节点中的 {primaries} 个：它故障时，其余主节点没有多数来选举副本。',
  'create-extra-replicas': '多出的 {count} 个节点成为额外的副本。',
};
