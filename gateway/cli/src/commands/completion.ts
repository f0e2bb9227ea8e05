import type { Command, Option } from 'commander';
import { CommandError } from '../command-error.ts';

/** The completion script, made from the commands themselves. Use: `eval "$(npx lienthong completion bash)"`. */
export function completion(program: Command, shell: string): string {
  if (shell !== 'bash' && shell !== 'zsh') {
    throw new CommandError('UNKNOWN_SHELL', {
      vi: `Chỉ hỗ trợ bash và zsh, không có ${shell}.`,
      en: `There is completion for bash and zsh, not for ${shell}.`,
    });
  }
  const bash = `_lienthong() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words
  case "$previous" in
${values(allOptions(program)).join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
${program.commands.map((command) => caseOf(command, 1)).join('\n')}
    *) words="${namesIn(program)} help ${optionsOf(program)} --help" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _lienthong lienthong
`;
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

const optionsOf = (command: Command): string => command.options.flatMap(({ long }) => (long ? [long] : [])).join(' ');

const namesIn = ({ commands }: Command): string => commands.map((each) => each.name()).join(' ');

const allOptions = (command: Command): readonly Option[] => [
  ...command.options,
  ...command.commands.flatMap((each) => allOptions(each)),
];

/** What may follow an option: a file, or one of its choices. */
function values(options: readonly Option[]): readonly string[] {
  const named = (chosen: readonly Option[]): string => [...new Set(chosen.map(({ long }) => long))].join('|');
  const line = (names: string, words: string) =>
    `    ${names}) COMPREPLY=($(compgen ${words} -- "$current")); return ;;`;
  const choices = options.filter(({ argChoices }) => argChoices !== undefined);
  return [
    line(named(options.filter(({ flags }) => flags.includes('<file>'))), '-f'),
    ...new Set(choices.map((option) => line(named([option]), `-W "${option.argChoices?.join(' ')}"`))),
  ];
}

/** @param depth which word of the line names the command; `partner document add` goes down to the third */
function caseOf(command: Command, depth: number): string {
  const line = (name: string, words: string) => `    ${name}) words="${words} --help" ;;`;
  if (command.commands.length === 0) return line(command.name(), optionsOf(command));
  const inner = command.commands.map((each) => caseOf(each, depth + 1));
  const any = line('*', namesIn(command));
  return `    ${command.name()}) case "\${COMP_WORDS[${depth + 1}]}" in\n${[...inner, any].join('\n')}\n    esac ;;`;
}
