import { useEffect, useState } from 'react';
import { useText } from './useText.ts';

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

/** The time a token has left. */
export function Expiry({ at }: { readonly at: number }) {
  const text = useText();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    const ticking = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(ticking);
  }, []);
  const left = Math.max(0, Math.round(at - now / 1000));
  const state = left === 0 ? 'expired' : left < 60 ? 'soon' : 'valid';
  return (
    <span className="expiry" data-state={state} role="timer" title={text('timeLeft')}>
      {left === 0 ? text('expired') : `${text('left')} ${clock(left)}`}
    </span>
  );
}
