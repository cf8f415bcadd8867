import type { importProblems as en } from '../en/import-problems.ts';
import type { SameKeys } from '../phrase.ts';

export const importProblems: SameKeys<typeof en> = {
  'import-source-silent': '无法从 {name} 读取：{problem}（{seen}）。',
  'import-source-is-cluster': '{name} 是集群节点。只能从独立服务器导入键。',
  'import-source-is-replica': '{name} 是副本：不能从它取走键。请使用其主节点，或保留原键（复制）。',
  'import-source-newer': '{name} 运行 {version}，最旧的主节点为 {oldest}：较新格式的值会被拒绝，导入随之终止。',
  'import-no-keys': '{name} 在所要求的数据库中没有键。',
  'import-no-such-database': '集群没有数据库 {databases}，而 {name} 在其中有键。请指明要导入的数据库。',
  'import-slots-missing': '没有节点服务槽 {slots}：其键无处可去。',
  'import-removes': '每个键在集群收到后从 {name} 删除。',
  'import-copies': '键保留在 {name} 上。导入期间在那里写入的内容可能不会带过来。',
  'import-replaces': '集群已有的键会被覆盖，无论其值如何。',
  'import-memory-tight': '{name} 使用 {bytes} 字节，而主节点距内存上限还有 {room} 字节。',
};
