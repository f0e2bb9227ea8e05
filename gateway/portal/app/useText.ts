import type { Bilingual } from '../journeys/catalogue.ts';
import { useLanguage } from './language.tsx';
import { texts } from './texts.ts';

/** The text of a key, or of any bilingual value, in the language of the page. */
export function useText(): (text: keyof typeof texts | Bilingual) => string {
  const { language } = useLanguage();
  return (text) => (typeof text === 'string' ? texts[text] : text)[language];
}
