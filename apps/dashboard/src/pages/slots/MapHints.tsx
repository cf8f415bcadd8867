import { useWords } from '../../words/use-words.tsx';
import css from './SlotsPage.module.css';

/** The keys of the map, below it. */
export function MapHints() {
  const { t } = useWords();
  const hints: readonly { keys: readonly string[]; does: string }[] = [
    { keys: ['↑', '↓', '←', '→'], does: t('slots.keyCell') },
    { keys: ['Shift'], does: t('slots.keyExtend') },
    { keys: ['Alt'], does: t('slots.keyRectangle') },
    { keys: ['[', ']'], does: t('slots.keyBorder') },
    { keys: ['O'], does: t('slots.keyOpen') },
    { keys: ['P'], does: t('slots.keyProblem') },
    { keys: ['M'], does: t('slots.keyTable') },
  ];
  return (
    <div className={`sd-small sd-3 ${css.keys}`}>
      <span>{t('slots.dragHint')}</span>
      {hints.map(({ keys, does }) => (
        <span key={does} className="sd-row" style={{ gap: 4 }}>
          {keys.map((key) => (
            <kbd key={key} className="sd-kbd">
              {key}
            </kbd>
          ))}
          {does}
        </span>
      ))}
    </div>
  );
}
