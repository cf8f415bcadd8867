import { useEffect, useEffectEvent, useRef } from 'react';
import { useNavigate } from '@tanstack/react-router';
import type { ClusterId } from '@slotdeck/model/ids';
import { pathOf, type Place } from './use-shell-cluster.ts';

/** Letters after G. Nothing here changes a cluster. */
export const GO_TO: Readonly<Record<string, Place | 'clusters'>> = {
  c: 'clusters',
  o: 'overview',
  s: 'slots',
  n: 'nodes',
  t: 'timeline',
  r: 'operations',
  d: 'doctor',
};

/** How long G waits for its second letter. */
const GO_WAITS_MS = 1500;

/** Letters work only outside fields; a dialog keeps the keyboard to itself. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.closest('[role="dialog"]') !== null
  );
}

export function useKeyboard({
  cluster,
  onPalette,
  onHelp,
}: {
  cluster: ClusterId | null;
  onPalette: () => void;
  onHelp: () => void;
}): void {
  const navigate = useNavigate();
  const goPressedAt = useRef(Number.NEGATIVE_INFINITY);

  const go = (letter: string): boolean => {
    const place = GO_TO[letter];
    if (place === undefined) return false;
    if (place === 'clusters') void navigate({ to: '/clusters' });
    else if (cluster !== null) void navigate({ to: pathOf(place), params: { clusterId: cluster } });
    else if (place === 'operations') void navigate({ to: '/operations' });
    else return false;
    return true;
  };

  const onKey = useEffectEvent((event: KeyboardEvent): void => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && key === 'k') {
      event.preventDefault();
      onPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const goes = event.timeStamp - goPressedAt.current < GO_WAITS_MS;
    goPressedAt.current = Number.NEGATIVE_INFINITY;
    if (goes && go(key)) event.preventDefault();
    else if (key === 'g') goPressedAt.current = event.timeStamp;
    else if (event.key === '?') {
      event.preventDefault();
      onHelp();
    } else if (event.key === '/') {
      const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
      if (field === null) return;
      event.preventDefault();
      field.focus();
    }
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(event);
    // In capture, so that the second letter of G S does not also move something on the page.
    document.addEventListener('keydown', listen, true);
    return () => document.removeEventListener('keydown', listen, true);
  }, []);
}
