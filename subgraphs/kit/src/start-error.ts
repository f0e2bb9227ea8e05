import type { Messages } from './language.ts';

/** A reason why a process cannot start that its operator can remove; printed without a stack, in both languages. */
export class StartError extends Error {
  readonly messages: Messages;

  constructor(messages: Messages, options?: ErrorOptions) {
    super(`${messages.vi}\n${messages.en}`, options);
    this.messages = messages;
  }
}
