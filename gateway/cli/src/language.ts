export type Language = 'vi' | 'en';

/** One text in both languages. */
export type Texts = Readonly<Record<Language, string>>;

/** `--lang` where it stands among the arguments (`asked`), else the locale of the shell, else English. */
export function chooseLanguage(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): { readonly language: Language; readonly asked: boolean } {
  const joined = argv.find((argument) => argument.startsWith('--lang='))?.slice('--lang='.length);
  const written = joined ?? argv[argv.indexOf('--lang') + 1 || argv.length];
  if (written === 'vi' || written === 'en') return { language: written, asked: true };
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return { language: /^vi\b|^vi_/i.test(locale) ? 'vi' : 'en', asked: false };
}
