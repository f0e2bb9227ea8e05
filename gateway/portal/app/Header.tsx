import { type Language, useLanguage } from './language.tsx';
import { useText } from './useText.ts';

const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: 'vi', name: 'Tiếng Việt' },
  { code: 'en', name: 'English' },
];

function Emblem() {
  return (
    <svg className="emblem" viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="12" cy="16" r="8" />
      <path d="M20 8a8 8 0 1 1-6.6 12.5" />
    </svg>
  );
}

/** The product's name and what it is, the environment, and the switch of language. */
export function Header({ environment }: { readonly environment: 'production' | 'development' | undefined }) {
  const text = useText();
  const { language, setLanguage } = useLanguage();
  return (
    <header className="masthead">
      <Emblem />
      <div className="names">
        <h1>{text('title')}</h1>
        <p>{text('subtitle')}</p>
      </div>
      {environment !== undefined && <span className="environment">{text(environment)}</span>}
      <fieldset className="languages" aria-label={text('language')}>
        {LANGUAGES.map(({ code, name }) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-pressed={language === code}
            onClick={() => setLanguage(code)}
          >
            {name}
          </button>
        ))}
      </fieldset>
    </header>
  );
}
