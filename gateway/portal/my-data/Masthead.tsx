import { type Language, useLanguage } from '../app/language.tsx';
import type { Settings } from './login.ts';
import { useText } from './useText.ts';

const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: 'vi', name: 'Tiếng Việt' },
  { code: 'en', name: 'English' },
];

interface Shown {
  readonly environment: Settings['environment'] | undefined;
  /** Absent where nobody is logged in. */
  readonly onLogOut?: () => void;
}

/** What the page is, the switch of language, and the way out. */
export function Masthead({ environment, onLogOut }: Shown) {
  const text = useText();
  const { language, setLanguage } = useLanguage();
  return (
    <header className="masthead">
      <div className="masthead-inner">
        <svg className="emblem" viewBox="0 0 32 32" aria-hidden="true">
          <circle cx="12" cy="16" r="8" />
          <path d="M20 8a8 8 0 1 1-6.6 12.5" />
        </svg>
        <div className="names">
          <h1>{text('title')}</h1>
          <p>
            {text('product')}
            {environment === 'development' && <span className="environment">{text('development')}</span>}
          </p>
        </div>
        <div className="controls">
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
          {onLogOut !== undefined && (
            <button type="button" className="log-out" onClick={onLogOut}>
              {text('logOut')}
            </button>
          )}
        </div>
      </div>
    </header>
  );
}
