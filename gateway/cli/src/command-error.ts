import type { Texts } from './language.ts';

/** A reason to stop that the person at the keyboard can remove; printed without a stack, exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: string;
  readonly messages: Texts;
  /** What a program said, the same in every language. */
  readonly detail?: string;

  constructor(code: string, messages: Texts, detail?: string) {
    super(messages.en);
    if (detail) this.detail = detail;
    this.code = code;
    this.messages = messages;
  }
}
