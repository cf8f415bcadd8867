import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { IconCheck, IconCopy } from '../icons.ts';
import { useWords } from '../words/use-words.tsx';

const SAID_FOR_MS = 2000;

type Copying = 'idle' | 'copied' | 'refused';

/** Copies a text and says that it did, or that the browser did not let it (it only does on https and localhost). */
export function CopyButton({ text, label }: { text: string | (() => string); label: string }) {
  const { t } = useWords();
  const [copying, setCopying] = useState<Copying>('idle');
  useEffect(() => {
    if (copying === 'idle') return;
    const timer = setTimeout(() => setCopying('idle'), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [copying]);
  const copy = async (): Promise<void> => {
    const isCopied = await writeText(typeof text === 'string' ? text : text());
    setCopying(isCopied ? 'copied' : 'refused');
  };
  return (
    <Button
      variant="subtle"
      color="gray"
      leftSection={copying === 'copied' ? <IconCheck aria-hidden /> : <IconCopy aria-hidden />}
      onClick={() => void copy()}
    >
      <span aria-live="polite">
        {copying === 'copied' ? t('shell.copied') : copying === 'refused' ? t('operations.copyRefused') : label}
      </span>
    </Button>
  );
}

/** Away from https and localhost there is no clipboard; a selected field can still be copied there. */
async function writeText(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}
