import { isStriped, shardFill } from '../theme/shard-colours.ts';
import { useWords } from '../words/use-words.tsx';
import styles from './ShardSwatch.module.css';

/** A square of the shard's hue; with `named` its sign `S3` beside it, since colour alone never says it. */
export function ShardSwatch({ index, named = false }: { index: number; named?: boolean }) {
  const { t } = useWords();
  const square = (
    <span
      className={styles.square}
      data-striped={isStriped(index) || undefined}
      style={{ backgroundColor: shardFill(index) }}
      aria-hidden
    />
  );
  if (!named) return square;
  return (
    <span className={styles.shard}>
      {square}
      {t('states.shard', { index: String(index) })}
    </span>
  );
}
