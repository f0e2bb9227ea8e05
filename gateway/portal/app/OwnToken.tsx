import { useRef } from 'react';
import { useText } from './useText.ts';

/**
 * Where a developer pastes a token of the application that is being built. Not a password field: the browser would
 * offer to keep what is in it.
 */
export function OwnToken({ onUse }: { onUse(token: string): void }) {
  const text = useText();
  const details = useRef<HTMLDetailsElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const use = () => {
    const token = field.current?.value.replace(/^Bearer\s+/i, '').trim() ?? '';
    if (token === '') return;
    onUse(token);
    if (field.current) field.current.value = '';
    if (details.current) details.current.open = false;
  };
  return (
    <details className="own-token" ref={details}>
      <summary>{text('ownToken')}</summary>
      <div className="own-token-body">
        <label htmlFor="own-token">{text('ownTokenHint')}</label>
        <div className="own-token-row">
          <input
            id="own-token"
            ref={field}
            type="text"
            className="masked"
            autoComplete="off"
            spellCheck={false}
            placeholder="eyJ…"
            onKeyDown={(event) => event.key === 'Enter' && use()}
          />
          <button type="button" className="primary" onClick={use}>
            {text('useToken')}
          </button>
        </div>
      </div>
    </details>
  );
}
