import { useCallback, useEffect, useState } from 'react';
import {
  beginLogin,
  fetchSettings,
  finishLogin,
  type Login,
  type LoginProblem,
  type Return,
  type Settings,
} from './login.ts';

export type LoginState =
  /** Settings, or a login that was begun, are on their way. */
  | { readonly stage: 'loading' }
  | { readonly stage: 'out'; readonly reason?: LoginProblem | 'expired' | 'left' }
  | { readonly stage: 'leaving' }
  | { readonly stage: 'in'; readonly settings: Settings; readonly login: Login };

export interface LoginControl {
  readonly settings: Settings | undefined;
  readonly state: LoginState;
  begin(): void;
  end(reason: 'expired' | 'left'): void;
}

const start = async (returned: Return | undefined): Promise<{ settings?: Settings; state: LoginState }> => {
  try {
    const settings = await fetchSettings();
    if (returned === undefined) return { settings, state: { stage: 'out' } };
    const login = await finishLogin(settings, returned);
    return {
      settings,
      state: typeof login === 'string' ? { stage: 'out', reason: login } : { stage: 'in', settings, login },
    };
  } catch {
    return { state: { stage: 'out', reason: 'unavailable' } };
  }
};

/** Begun once for the page, whatever React repeats: a code works once. */
let started: ReturnType<typeof start> | undefined;

/** Who is logged in. @param returned how the browser came back from the issuer, taken before anything is drawn */
export function useLogin(returned: Return | undefined): LoginControl {
  const [settings, setSettings] = useState<Settings>();
  const [state, setState] = useState<LoginState>({ stage: 'loading' });

  useEffect(() => {
    started ??= start(returned);
    void started.then((first) => {
      setSettings(first.settings);
      setState(first.state);
    });
  }, [returned]);

  const end = useCallback((reason: 'expired' | 'left') => setState({ stage: 'out', reason }), []);
  const begin = useCallback(() => {
    // Whoever came while the gateway was down finds it by loading again.
    if (settings === undefined) return location.reload();
    setState({ stage: 'leaving' });
    void beginLogin(settings).then((reason) => {
      if (reason !== undefined) setState({ stage: 'out', reason });
    });
  }, [settings]);

  const expiresAt = state.stage === 'in' ? state.login.expiresAt : undefined;
  useEffect(() => {
    if (expiresAt === undefined) return undefined;
    const timer = setTimeout(() => end('expired'), expiresAt - Date.now());
    return () => clearTimeout(timer);
  }, [expiresAt, end]);

  return { settings, state, begin, end };
}
