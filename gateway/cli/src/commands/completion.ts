import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';

/** The completion script, made from the commands themselves. Use: `eval "$(npx lienthong completion bash)"`. */
export function completion(program: Command, shell: string): string {
  if (shell !== 'bash' && shell !== 'zsh') {
    throw new CommandError('UNKNOWN_SHELL', {
      vi: `Chỉ hỗ trợ bash và zsh, không có ${shell}.`,
      en: `There is completion for bash and zsh, not for ${shell}.`,
    });
  }
  const words = (command: Command): string => command.options.flatMap(({ long }) => (long ? [long] : [])).join(' ');
  const namesIn = ({ commands }: Command): string => commands.map((each) => each.name()).join(' ');
  const names = program.commands.map((command) => command.name());
  const line = (name: string, choice: string) => `    ${name}) words="${choice} --help" ;;`;
  const cases = program.commands.map((command) => {
    const inner = command.commands.map((each) => line(each.name(), namesIn(each) || words(each)));
    if (inner.length === 0) return line(command.name(), words(command));
    const all = line('*', namesIn(command));
    return `    ${command.name()}) case "\${COMP_WORDS[2]}" in\n${[...inner, all].join('\n')}\n    esac ;;`;
  });
  const bash = `_lienthong() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words
  case "$previous" in --config|--out|--rules|--api|--previous|--registry|--keys|--certificate|--file) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${names.join(' ')} help ${words(program)} --help" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _lienthong lienthong
`;
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}
