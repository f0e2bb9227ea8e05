import { useState } from 'react';
import type { texts } from './texts.ts';
import { useText } from './useText.ts';

interface Props {
  readonly label: keyof typeof texts;
  readonly value: string;
}

/** Puts a value on the clipboard and says that it did, until there is another value. */
export function CopyButton({ label, value }: Props) {
  const text = useText();
  const [copied, setCopied] = useState<string>();
  const copy = () => navigator.clipboard.writeText(value).then(() => setCopied(value));
  return (
    <button type="button" onClick={copy}>
      {text(copied === value ? 'copied' : label)}
    </button>
  );
}
