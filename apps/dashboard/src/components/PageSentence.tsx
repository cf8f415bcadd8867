import { useEffect, useRef, type ReactNode } from 'react';
import styles from './PageSentence.module.css';

/**
 * The page's first line: what is so, as a sentence. It is the h1 and takes the focus after navigation, so that a screen
 * reader begins with it.
 */
export function PageSentence({
  children,
  icon,
  below,
  aside,
}: {
  children: ReactNode;
  icon?: ReactNode;
  below?: ReactNode;
  aside?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className={styles.head}>
      <div className="sd-grow">
        <h1 ref={heading} tabIndex={-1} className={styles.sentence}>
          {icon}
          <span>{children}</span>
        </h1>
        {below === undefined ? null : <div className={styles.below}>{below}</div>}
      </div>
      {aside === undefined ? null : <div className={styles.aside}>{aside}</div>}
    </header>
  );
}
