import { useState, type ReactNode } from 'react';
import { explainError } from '../api/explain-error.ts';
import { IconAlertOctagon } from '../icons.ts';
import { useWords } from '../words/use-words.tsx';
import styles from './ErrorPanel.module.css';

/** One sentence, what was seen, what to do, and the request id on demand. An error empties its own panel and nothing else. */
export function ErrorPanel({
  error,
  action,
  children,
}: {
  error: unknown;
  action?: ReactNode;
  /** More of what was seen. It stands inside the alert, so that it is read out with it. */
  children?: ReactNode;
}) {
  const words = useWords();
  const [idShown, showId] = useState(false);
  const { title, detail, seen, requestId } = explainError(error, words);
  return (
    <div role="alert" className={styles.error}>
      <p className={styles.title}>
        <IconAlertOctagon aria-hidden />
        {title}
      </p>
      {detail === null ? null : <p className="sd-2">{detail}</p>}
      {seen === null ? null : <p className="sd-mono">{seen}</p>}
      {children}
      {action === undefined && requestId === null ? null : (
        <div className={styles.actions}>
          {action}
          {requestId === null ? null : idShown ? (
            <span className="sd-mono sd-small">{words.t('shell.requestId', { id: requestId })}</span>
          ) : (
            <button type="button" className={styles.quiet} onClick={() => showId(true)}>
              {words.t('shell.showRequestId')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
