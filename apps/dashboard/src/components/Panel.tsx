import { useId, type ReactNode } from 'react';
import styles from './Panel.module.css';

export type Tone = 'ok' | 'warn' | 'danger' | 'info';

/** A bordered region with a name. `title` makes a head with the age or actions at its right; without it give `label`. */
export function Panel({
  title,
  label,
  note,
  aside,
  tone,
  tinted = false,
  padded = false,
  className,
  children,
}: {
  title?: ReactNode;
  label?: string;
  /** Beside the title, in a quieter voice. */
  note?: ReactNode;
  aside?: ReactNode;
  /** A 3 px edge in that meaning. */
  tone?: Tone | undefined;
  tinted?: boolean;
  padded?: boolean;
  className?: string | undefined;
  children: ReactNode;
}) {
  const id = useId();
  const classes = [styles.panel, padded ? styles.padded : '', className ?? ''].join(' ');
  return (
    <section
      className={classes}
      data-tone={tone}
      data-tinted={tinted || undefined}
      {...(title === undefined ? { 'aria-label': label } : { 'aria-labelledby': id })}
    >
      {title === undefined ? null : (
        <div className={styles.head}>
          <h2 id={id}>{title}</h2>
          {note === undefined ? null : <span className={styles.note}>{note}</span>}
          <span className="sd-grow" />
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
