import { commandNames, operationNames, otherNames, type Shell } from './command-names.ts';
import { pairs, plain, valued } from './option-names.ts';

const commands = [...commandNames, ...Object.keys(otherNames), 'help'];
/** redis-cli's own spellings complete too, behind `--cluster`. */
const options = [...new Set([...Object.keys(valued), ...Object.keys(pairs), ...Object.keys(plain), '--cluster'])];

/** The script that a shell reads once. It holds the words themselves, so that completing starts no process. */
export function completionScript(shell: Shell): string {
  const words = { commands: commands.join(' '), kinds: operationNames.join(' '), options: options.join(' ') };
  switch (shell) {
    case 'bash':
      return bash(words);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
    case 'fish':
      return fish();
  }
}

function bash({
  commands: all,
  kinds,
  options: flags,
}: Readonly<Record<'commands' | 'kinds' | 'options', string>>): string {
  return `_slotdeck() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  if [[ "$word" == -* ]]; then
    COMPREPLY=( $(compgen -W "${flags}" -- "$word") )
  elif [[ "$before" == plan ]]; then
    COMPREPLY=( $(compgen -W "${kinds}" -- "$word") )
  elif [[ "$before" == completion ]]; then
    COMPREPLY=( $(compgen -W "bash zsh fish" -- "$word") )
  elif (( COMP_CWORD == 1 )) || [[ "$before" == --cluster || "$before" == help ]]; then
    COMPREPLY=( $(compgen -W "${all}" -- "$word") )
  fi
}
complete -o default -F _slotdeck slotdeck
`;
}

function fish(): string {
  const lines = [
    `complete -c slotdeck -n __fish_use_subcommand -f -a '${commands.join(' ')}'`,
    `complete -c slotdeck -n '__fish_seen_subcommand_from plan' -f -a '${operationNames.join(' ')}'`,
    ...options.map((option) =>
      option.startsWith('--')
        ? `complete -c slotdeck -l ${option.slice(2)}`
        : `complete -c slotdeck -s ${option.slice(1)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
