/** One message in both languages: what happened and what to do next. It never holds a secret, a token or a personal number. */
export interface Messages {
  readonly vi: string;
  readonly en: string;
}

/** Why the issuer cannot start; `code` is stable, the messages are help. */
export class StartError extends Error {
  readonly code: string;
  readonly messages: Messages;

  constructor(code: string, messages: Messages) {
    super(messages.en);
    this.name = 'StartError';
    this.code = code;
    this.messages = messages;
  }
}
