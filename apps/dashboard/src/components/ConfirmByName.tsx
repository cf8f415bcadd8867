import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useWords } from '../words/use-words.tsx';

/** For what cannot be undone: the sentence above says what that is, and the name must be typed. */
export function ConfirmByName({
  name,
  warning,
  verb,
  pending,
  onConfirm,
}: {
  name: string;
  warning: ReactNode;
  /** Act and object: "Remove orders-prod". */
  verb: string;
  pending: boolean;
  onConfirm: () => void;
}) {
  const { t } = useWords();
  const [typed, setTyped] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === name) onConfirm();
      }}
    >
      <p style={{ marginBottom: 12 }}>{warning}</p>
      <TextInput
        label={t('states.confirmType', { name })}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
      />
      <Button type="submit" variant="filled" color="red" mt="md" disabled={typed !== name} loading={pending}>
        {verb}
      </Button>
    </form>
  );
}
