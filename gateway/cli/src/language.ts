export type Language = 'vi' | 'en';

/** One text in both languages. */
export type Texts = Readonly<Record<Language, string>>;

/** `--lang` where it stands among the arguments, else the locale of the shell, else English. */
export function chooseLanguage(argv: readonly string[], env: NodeJS.ProcessEnv): Language {
  const joined = argv.find((argument) => argument.startsWith('--lang='))?.slice('--lang='.length);
  const asked = joined ?? argv[argv.indexOf('--lang') + 1 || argv.length];
  if (asked === 'vi' || asked === 'en') return asked;
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^vi\b|^vi_/i.test(locale) ? 'vi' : 'en';
}
