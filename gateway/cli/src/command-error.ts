import type { Texts } from './language.ts';

/** A reason to stop that the person at the keyboard can remove; printed without a stack, exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: string;
  readonly messages: Texts;

  constructor(code: string, messages: Texts) {
    super(messages.en);
    this.code = code;
    this.messages = messages;
  }
}
