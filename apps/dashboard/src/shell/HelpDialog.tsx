import { Modal } from '@mantine/core';
import { useWords } from '../words/use-words.tsx';
import styles from './HelpDialog.module.css';
import { GO_TO } from './use-keyboard.ts';

/** The keyboard map: only what works. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const rows: [keys: string[], does: string][] = [
    [['Ctrl', 'K'], t('shell.helpPalette')],
    [['/'], t('shell.helpFind')],
    [['?'], t('shell.helpThis')],
    ...Object.entries(GO_TO).map(([letter, place]): [string[], string] => [
      ['G', letter.toUpperCase()],
      t('shell.paletteGo', { place: t(`shell.${place}`) }),
    ]),
    [['J', 'K'], t('shell.helpRows')],
    [['Enter', 'Esc'], t('shell.helpOpen')],
    [['←', '→', 'Shift'], t('shell.helpMap')],
    [['[', ']'], t('shell.helpBorders')],
    [['O', 'P'], t('shell.helpOpenSlot')],
    [['M'], t('shell.helpTable')],
  ];
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('shell.helpTitle')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <dl className={styles.keys}>
        {rows.map(([keys, does]) => (
          <div key={keys.join(' ')}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className="sd-kbd">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="sd-small sd-2">{t('shell.helpNote')}</p>
    </Modal>
  );
}
