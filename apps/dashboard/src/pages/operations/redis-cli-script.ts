import type { TranscriptLine } from '@slotdeck/model/operation-events';
import type { PlannedCommand } from '@slotdeck/model/plan';

/** Where a node listens, for `redis-cli -h -p`. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Words that a script puts into its comments; they come from the catalogue, since a script is read by people. */
export interface ScriptWords {
  readonly head: readonly string[];
  /** `repeat` commands of the same shape follow this one. */
  readonly repeated: (count: number) => string;
  /** The key list was cut when it was recorded. */
  readonly cut: (count: number) => string;
  readonly noAddress: (node: string) => string;
  readonly waited: (text: string) => string;
}

/**
 * One shell word. Plain words stand as they are; whatever else is put in single quotes, and bytes that a terminal would act
 * on are written as `$'\xNN'`, so that the name of a key can never become a command.
 */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  const isControl = (letter: string): boolean => letter < ' ' || letter === '\x7f';
  if (![...word].some(isControl)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = [...word].map((letter) => {
    const code = letter.codePointAt(0) ?? 0;
    if (letter === '\\' || letter === "'") return `\\${letter}`;
    return isControl(letter) ? `\\x${code.toString(16).padStart(2, '0')}` : letter;
  });
  return `$'${escaped.join('')}'`;
}

function commandLine({ host, port }: Address, command: readonly string[]): string {
  return ['redis-cli', '-h', shellWord(host), '-p', String(port), ...command.map(shellWord)].join(' ');
}

/** A comment is one line whatever it holds. */
const comment = (text: string): string => `# ${text.replaceAll(/[\r\n]+/g, ' ')}`;

/** A plan's commands, in the order in which they will be sent. */
export function planScript(
  commands: readonly PlannedCommand[],
  addressOf: (node: string) => Address | null,
  words: ScriptWords,
): string {
  const lines = ['#!/usr/bin/env bash', ...words.head.map(comment), 'set -e', ''];
  for (const { node, command, repeat } of commands) {
    const address = addressOf(node);
    if (address === null) lines.push(comment(words.noAddress(node)), comment(command.map(shellWord).join(' ')));
    else lines.push(commandLine(address, command));
    if (repeat > 1) lines.push(comment(words.repeated(repeat - 1)));
  }
  return lines.join('\n') + '\n';
}

/** What was sent, oldest first; waits and cut key lists stand as comments. */
export function transcriptScript(
  transcript: readonly TranscriptLine[],
  addressOf: (node: string) => Address | null,
  words: ScriptWords,
): string {
  const lines = ['#!/usr/bin/env bash', ...words.head.map(comment), ''];
  for (const line of [...transcript].sort((a, b) => a.index - b.index)) {
    if (line.outcome === 'waited') {
      lines.push(comment(words.waited(line.command.join(' '))));
      continue;
    }
    const address = addressOf(line.node);
    if (line.more > 0) lines.push(comment(words.cut(line.more)));
    if (address === null)
      lines.push(comment(words.noAddress(line.node)), comment(line.command.map(shellWord).join(' ')));
    else lines.push(commandLine(address, line.command));
    if (line.outcome === 'error') lines.push(comment(line.reply));
  }
  return lines.join('\n') + '\n';
}
