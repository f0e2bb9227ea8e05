import { useEffect } from 'react';
import { useLanguage } from '../app/language.tsx';
import { About } from './About.tsx';
import { Disclosures } from './Disclosures.tsx';
import type { Return } from './login.ts';
import { Masthead } from './Masthead.tsx';
import { texts } from './texts.ts';
import { useLogin } from './useLogin.ts';
import { useText } from './useText.ts';
import { Welcome } from './Welcome.tsx';

/** The page: who is logged in reads the list, whoever is not is told what it is. */
export function MyData({ returned }: { readonly returned: Return | undefined }) {
  const text = useText();
  const { language } = useLanguage();
  const { settings, state, begin, end } = useLogin(returned);

  useEffect(() => {
    document.title = texts.title[language];
  }, [language]);

  return (
    <>
      <a className="skip" href="#content">
        {text('skip')}
      </a>
      <Masthead
        environment={settings?.environment}
        {...(state.stage === 'in' ? { onLogOut: () => end('left') } : {})}
      />
      <main id="content" tabIndex={-1}>
        {state.stage === 'in' ? (
          <Disclosures settings={state.settings} login={state.login} onExpired={() => end('expired')} />
        ) : (
          <Welcome state={state} onBegin={begin} />
        )}
        <About />
      </main>
    </>
  );
}
