import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';

export type Language = 'vi' | 'en';

const STORED_AS = 'lienthong:language';

interface LanguageChoice {
  readonly language: Language;
  setLanguage(language: Language): void;
}

const LanguageContext = createContext<LanguageChoice>({ language: 'vi', setLanguage: () => undefined });

function initialLanguage(): Language {
  const stored = localStorage.getItem(STORED_AS);
  if (stored === 'vi' || stored === 'en') return stored;
  return navigator.languages.some((tag) => tag.startsWith('vi')) || !navigator.language.startsWith('en') ? 'vi' : 'en';
}

/** Remembers the language of the page and tells the browser, for hyphenation and screen readers. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(STORED_AS, language);
  }, [language]);
  return <LanguageContext value={{ language, setLanguage }}>{children}</LanguageContext>;
}

export const useLanguage = (): LanguageChoice => useContext(LanguageContext);
