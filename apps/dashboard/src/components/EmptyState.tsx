import type { ReactNode } from 'react';
import { PageSentence } from './PageSentence.tsx';
import styles from './EmptyState.module.css';

/** What will be here, and the one action that fills it. `isPage`: it is all there is, so its title is the page's h1. */
export function EmptyState({
  title,
  children,
  action,
  isPage = false,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  isPage?: boolean;
}) {
  return (
    <div className={styles.empty}>
      {isPage ? <PageSentence>{title}</PageSentence> : <p className={styles.title}>{title}</p>}
      <div className={styles.what}>{children}</div>
      {action === undefined ? null : <div className={styles.action}>{action}</div>}
    </div>
  );
}
