import type { Command, CommandWord } from '../connection/node-calls.ts';

export const MASK = '***';

/** How many words after this one are secret, and how many before those are not (a user's name is no secret). */
type Rule = { readonly plain: number; readonly secret: number };

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
      return maskOptions(words, 2, { AUTH: { plain: 1, secret: 1 } });
    case 'MIGRATE':
      return maskOptions(words, 6, { AUTH: { plain: 0, secret: 1 }, AUTH2: { plain: 1, secret: 1 } });
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

/** Walks the options from `start` on; behind KEYS everything is a key, also one that is called AUTH. */
function maskOptions(words: readonly string[], start: number, rules: Readonly<Record<string, Rule>>): string[] {
  const masked = [...words];
  for (let at = start; at < words.length; at += 1) {
    const option = words[at]?.toUpperCase() ?? '';
    if (option === 'KEYS') break;
    const rule = rules[option];
    if (rule === undefined) continue;
    const first = at + rule.plain + 1;
    for (let place = first; place < first + rule.secret && place < words.length; place += 1) masked[place] = MASK;
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
