import { PageSentence } from './PageSentence.tsx';
import styles from './LoadingPanel.module.css';

/** The final shape, empty. Shown 150 ms late by its style sheet, so that a quick answer does not flicker. */
export function LoadingPanel({ title, note }: { title?: string; note: string }) {
  return (
    <div className={styles.loading}>
      {title === undefined ? null : <PageSentence>{title === '' ? note : title}</PageSentence>}
      <div className={styles.bar} />
      <div className={styles.block} />
      <p role="status" className={styles.note}>
        {note}
      </p>
    </div>
  );
}
