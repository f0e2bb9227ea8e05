export type Language = 'vi' | 'en';

/** Spellings of the header: browsers and clients send the same few again and again. */
const REMEMBERED = 256;
const known = new Map<string, Language>();

/**
 * The language of messages from `Accept-Language` (RFC 9110 §12.5.4): whichever of Vietnamese and English has the greater
 * weight; Vietnamese, the language of the province, when the header is absent or names neither.
 */
export const languageOf = (acceptLanguage: string | undefined): Language => {
  if (acceptLanguage === undefined) return 'vi';
  let language = known.get(acceptLanguage);
  if (language === undefined) {
    language = preferred(acceptLanguage);
    if (known.size < REMEMBERED && acceptLanguage.length <= 256) known.set(acceptLanguage, language);
  }
  return language;
};

const preferred = (acceptLanguage: string): Language => {
  const weight = { vi: 0, en: 0 };
  for (const range of acceptLanguage.split(',', 20)) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const language = tag.split('-', 1)[0];
    if (language !== 'vi' && language !== 'en') continue;
    const q = Number(
      parameters
        .find((parameter) => parameter.trim().startsWith('q='))
        ?.trim()
        .slice(2) ?? 1,
    );
    weight[language] = Math.max(weight[language], Number.isFinite(q) ? q : 0);
  }
  return weight.en > weight.vi ? 'en' : 'vi';
};
