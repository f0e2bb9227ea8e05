import { useEffect, useRef } from 'react';
import type { texts } from './texts.ts';
import type { LoginState } from './useLogin.ts';
import { useText } from './useText.ts';

const REASONS = {
  declined: 'declined',
  interrupted: 'interrupted',
  unavailable: 'loginUnavailable',
  expired: 'expired',
  left: 'loggedOut',
} as const satisfies Record<string, keyof typeof texts>;

/** What the page is for, and the way in. */
export function Welcome({
  state,
  onBegin,
}: {
  readonly state: Exclude<LoginState, { stage: 'in' }>;
  readonly onBegin: () => void;
}) {
  const text = useText();
  const reason = state.stage === 'out' ? state.reason : undefined;
  const notice = useRef<HTMLParagraphElement>(null);
  // Whoever was reading the list a moment ago is told why it is gone, wherever the focus was.
  useEffect(() => {
    if (reason !== undefined) notice.current?.focus();
  }, [reason]);

  return (
    <section className="welcome" aria-busy={state.stage === 'loading'}>
      {reason !== undefined && (
        <p
          className="notice"
          data-kind={reason === 'left' ? 'calm' : 'warning'}
          ref={notice}
          tabIndex={-1}
          role="status"
        >
          {text(REASONS[reason])}
        </p>
      )}
      <p className="lead">{text('welcome')}</p>
      <p>
        <button
          type="button"
          className="primary big"
          disabled={state.stage === 'loading' || state.stage === 'leaving'}
          onClick={onBegin}
        >
          {text(state.stage === 'leaving' ? 'loggingIn' : state.stage === 'loading' ? 'loading' : 'logIn')}
        </button>
      </p>
      <p className="hint">{text('logInHint')}</p>
    </section>
  );
}
