import { useWords } from '../words/use-words.tsx';
import type { StateLook } from './state-look.ts';
import styles from './StateBadge.module.css';

/** Icon and word of a state: `<StateBadge look={OPERATION_LOOK[status]} />`. `chip` gives it a tinted ground. */
export function StateBadge({ look, chip = false }: { look: StateLook; chip?: boolean }) {
  const { say } = useWords();
  const word = say(look.word, {});
  return (
    <span className={styles.badge} data-tone={look.tone ?? undefined} data-chip={chip || undefined}>
      <StateIcon look={look} />
      {word}
    </span>
  );
}

/** The icon alone, where the word stands beside it anyway. */
export function StateIcon({ look }: { look: StateLook }) {
  const Icon = look.icon;
  return (
    <span className={styles.icon} data-tone={look.tone ?? undefined} aria-hidden>
      <Icon className={look.spins === true ? 'tabler-icon sd-spin' : 'tabler-icon'} />
    </span>
  );
}
