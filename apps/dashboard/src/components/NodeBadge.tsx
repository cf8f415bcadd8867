import type { ReactNode } from 'react';
import type { TopologyNode } from '@slotdeck/model/topology';
import { useWords } from '../words/use-words.tsx';
import { NODE_LOOK } from './state-look.ts';
import styles from './NodeBadge.module.css';

/** A node by name, with its role as a letter: P filled, R outlined, × when it serves nobody. */
export function NodeBadge({
  node,
  children,
}: {
  node: Pick<TopologyNode, 'name' | 'role' | 'health'>;
  children?: ReactNode;
}) {
  return (
    <span className={styles.node}>
      <RoleMark node={node} />
      <span className="sd-cut">{node.name}</span>
      {children}
    </span>
  );
}

export function RoleMark({ node }: { node: Pick<TopologyNode, 'role' | 'health'> }) {
  const { t, say } = useWords();
  const broken = node.health === 'failed' || node.health === 'no-answer';
  const word = broken
    ? `${t(`states.role.${node.role}`)}, ${say(NODE_LOOK[node.health].word, {})}`
    : t(`states.role.${node.role}`);
  const letter = broken ? '×' : node.role === 'primary' ? 'P' : node.role === 'replica' ? 'R' : '?';
  return (
    <span className={styles.role} data-role={broken ? 'broken' : node.role} title={word}>
      <span aria-hidden>{letter}</span>
      <span className="sd-unseen">{word}</span>
    </span>
  );
}
