import { setTimeout as wait } from 'node:timers/promises';

export interface SessionPoolParts<Session> {
  readonly size: number;
  /** Opens a session when one is needed. `alone`: no other is used meanwhile. */
  readonly open: (alone: boolean) => Session;
  readonly close: (session: Session) => void;
  /** Milliseconds after which somebody who waits is told that it took too long. */
  readonly patience: number;
}

/** The token said nothing in time: to ask once more would take as long again. */
export class TokenSilent extends Error {}

/**
 * Sessions of a token, each used by one at a time. Where one fails, none that was opened before is used any more: a token
 * that was pulled, or started anew, has forgotten them all.
 */
export class SessionPool<Session> {
  readonly #parts: SessionPoolParts<Session>;
  #idle: Session[] = [];
  /** Sessions that are used, or are being opened. */
  #used = 0;
  /** Grows with every failure. */
  #failures = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(parts: SessionPoolParts<Session>) {
    this.#parts = parts;
  }

  /**
   * Acts in a session as soon as one is free. A library that hangs cannot be interrupted: whoever waits is told, and the
   * session comes back when it is done.
   */
  async use<Result>(act: (session: Session) => Promise<Result>): Promise<Result> {
    const done = new AbortController();
    const { patience } = this.#parts;
    const late = wait(patience, undefined, { signal: done.signal, ref: false }).then(() => {
      throw new TokenSilent(`the token has said nothing for ${patience} ms`);
    });
    late.catch(() => undefined);
    const acted = this.#act(act);
    acted.catch(() => undefined);
    return Promise.race([acted, late]).finally(() => done.abort());
  }

  async #act<Result>(act: (session: Session) => Promise<Result>): Promise<Result> {
    if (this.#used < this.#parts.size) this.#used += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const { open, close } = this.#parts;
    const failures = this.#failures;
    let session: Session | undefined;
    try {
      session = this.#idle.pop() ?? open(this.#used === 1);
      const result = await act(session);
      if (failures === this.#failures) this.#idle.push(session);
      else close(session);
      return result;
    } catch (error) {
      this.#failures += 1;
      for (const each of [...this.#idle, ...(session === undefined ? [] : [session])]) close(each);
      this.#idle = [];
      throw error;
    } finally {
      // Whoever waits longest takes the place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#used -= 1;
    }
  }
}
