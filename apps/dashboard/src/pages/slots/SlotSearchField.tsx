import { TextInput } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import { IconSearch } from '../../icons.ts';
import { useWords } from '../../words/use-words.tsx';
import { readSlotSearch } from './slot-search.ts';
import css from './SlotsPage.module.css';

/** Takes a slot, a range or the name of a key; Enter selects it on the map. The slot of a key is computed here, not asked. */
export function SlotSearchField({ onFind }: { onFind: (slots: SlotRanges, first: number) => void }) {
  const { t } = useWords();
  const [text, setText] = useState('');
  const meaning = readSlotSearch(text);
  const find = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    if (meaning.kind === 'slots') onFind(meaning.slots, meaning.slots[0]?.[0] ?? 0);
    if (meaning.kind === 'key') onFind([[meaning.slot, meaning.slot]], meaning.slot);
  };
  const said =
    meaning.kind === 'key'
      ? t('slots.keyIsIn', { key: meaning.key, slot: String(meaning.slot) })
      : meaning.kind === 'no-such-slot'
        ? t('slots.noSuchSlot', { part: meaning.part })
        : '';
  return (
    <div className={`sd-row ${css.searchRow}`}>
      <TextInput
        className={css.search}
        size="xs"
        type="search"
        data-find
        aria-label={t('slots.search')}
        placeholder={t('slots.search')}
        leftSection={<IconSearch aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={find}
      />
      <span aria-live="polite" className={meaning.kind === 'no-such-slot' ? 'sd-small sd-warn' : 'sd-small sd-2'}>
        {said}
      </span>
    </div>
  );
}
