import type { Command, CommandWord } from '../connection/node-calls.ts';

export const MASK = '***';

/** How many words after this one are secret, and how many before those are not (a user's name is no secret). */
type Rule = { readonly plain: number; readonly secret: number };

const afterWord: Readonly<Record<string, Rule>> = {
  AUTH: { plain: 0, secret: 1 },
  AUTH2: { plain: 1, secret: 1 },
};

/**
 * The words of a command for people to read: no secret, and keys that are not text with their other bytes as `\xNN`.
 * Knows AUTH, HELLO … AUTH, MIGRATE … AUTH/AUTH2, CONFIG SET of a password and ACL SETUSER rules.
 */
export function printCommand(command: Command): string[] {
  const words = command.map(printWord);
  const name = words[0]?.toUpperCase();
  switch (name) {
    case 'AUTH':
      return words.map((word, at) => (at > 0 && at === words.length - 1 ? MASK : word));
    case 'HELLO':
      return maskAfter(words, { ...afterWord, AUTH: { plain: 1, secret: 1 } }, words.length);
    case 'MIGRATE': {
      // Behind KEYS everything is a key, also one that is called AUTH.
      const keys = words.findIndex((word, at) => at > 5 && word.toUpperCase() === 'KEYS');
      return maskAfter(words, afterWord, keys === -1 ? words.length : keys);
    }
    case 'CONFIG':
      return words.map((word, at) => (at > 2 && isSecretSetting(words[at - 1]) ? MASK : word));
    case 'ACL':
      return words.map((word, at) => (at > 2 && /^[><#!]/.test(word) ? `${word[0] ?? ''}${MASK}` : word));
    default:
      return words;
  }
}

function isSecretSetting(name: string | undefined): boolean {
  return /^(requirepass|masterauth|primaryauth|tls-key-file-pass|tls-client-key-file-pass)$/i.test(name ?? '');
}

function maskAfter(words: readonly string[], rules: Readonly<Record<string, Rule>>, end: number): string[] {
  const masked = [...words];
  for (let at = 1; at < end; at += 1) {
    const rule = rules[words[at]?.toUpperCase() ?? ''];
    if (rule === undefined) continue;
    for (let step = 1; step <= rule.secret; step += 1) {
      const place = at + rule.plain + step;
      if (place < end) masked[place] = MASK;
    }
    at += rule.plain + rule.secret;
  }
  return masked;
}

function printWord(word: CommandWord): string {
  if (!Buffer.isBuffer(word)) return String(word);
  const text = word.toString('utf8');
  // A text with a replacement character, or a control character, would not be the key again when it is copied.
  if (Buffer.from(text, 'utf8').equals(word) && !/\p{Cc}/u.test(text)) return text;
  return Array.from(word, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}
