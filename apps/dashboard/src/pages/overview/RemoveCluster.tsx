import { Suspense, useRef, useState } from 'react';
import { useUser } from '../../access/use-session.ts';
import { useWords } from '../../words/use-words.tsx';
import { lazyPart } from '../../shell/load-part.ts';
import styles from './OverviewPage.module.css';

const RemoveClusterDialog = lazyPart(() =>
  import('./RemoveClusterDialog.tsx').then((module) => module.RemoveClusterDialog),
);

/** Takes the cluster out of the console. Shown only to those who may, since nobody else needs to know of it here. */
export function RemoveCluster() {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  if (useUser()?.permissions.includes('clusters:manage') !== true) return null;
  // The dialog comes late and goes for good, so it cannot give the focus back by itself.
  const close = (): void => {
    setAsking(false);
    button.current?.focus();
  };
  return (
    <p className={styles.foot}>
      <button
        ref={button}
        type="button"
        className={styles.quiet}
        aria-haspopup="dialog"
        onClick={() => setAsking(true)}
      >
        {t('overview.remove')}
      </button>
      <Suspense fallback={null}>{asking ? <RemoveClusterDialog onClose={close} /> : null}</Suspense>
    </p>
  );
}
