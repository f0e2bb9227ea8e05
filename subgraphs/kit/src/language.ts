/** The two languages of every message meant for people. */
export type Language = 'vi' | 'en';

/** One text in both languages. */
export interface Messages {
  readonly vi: string;
  readonly en: string;
}

/**
 * The language of a request. The gateway has already normalised `accept-language` to `vi` or `en`; whatever else
 * arrives is Vietnamese, the language of the province.
 */
export const languageOf = (acceptLanguage: string | undefined): Language =>
  acceptLanguage?.trim().toLowerCase().startsWith('en') ? 'en' : 'vi';
