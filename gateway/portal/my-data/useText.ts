import { useLanguage } from '../app/language.tsx';
import type { Bilingual } from '../journeys/catalogue.ts';
import { texts } from './texts.ts';

/** A text of the page, or any bilingual value, in the language of the page. */
export function useText(): (text: keyof typeof texts | Bilingual) => string {
  const { language } = useLanguage();
  return (text) => (typeof text === 'string' ? texts[text] : text)[language];
}
