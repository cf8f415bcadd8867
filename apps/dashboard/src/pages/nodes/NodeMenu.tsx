import { Menu, type MenuItemProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';
import type { TopologyNode } from '@slotdeck/model/topology';
import { IconDots } from '../../icons.ts';
import { useWords } from '../../words/use-words.tsx';
import { notForNode, OF_A_NODE } from '../change/change-kinds.ts';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import styles from './NodesPage.module.css';

type Anchor = MenuItemProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof MenuItemProps> & { ref?: Ref<HTMLAnchorElement> };

function AnchorItem(props: Anchor) {
  return <Menu.Item component="a" {...props} />;
}
const LinkItem = createLink(AnchorItem);

/** What can be planned for a node, from its row; what cannot stays and says why. */
export function NodeMenu({ node }: { node: TopologyNode }) {
  const { t } = useWords();
  const { id: clusterId } = useClusterPage();
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className={styles.more} aria-label={t('nodes.changesOf', { node: node.name })}>
          <IconDots aria-hidden size={16} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {OF_A_NODE.map((kind) => {
          const why = notForNode(kind, node);
          const title = t(`change.title.${kind}`);
          return why === null ? (
            <LinkItem
              key={kind}
              to="/clusters/$clusterId/change"
              params={{ clusterId }}
              search={{ kind, node: node.id }}
            >
              {title}
            </LinkItem>
          ) : (
            <Menu.Item key={kind} disabled className={styles.offItem}>
              {t('change.offHere', { change: title, why: t(`change.off.${why}`) })}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
