import type { Adapter } from 'oidc-provider';

/**
 * oidc-provider's storage, which this issuer does without: clients come from the registry file and access tokens are
 * JWTs, so nothing is kept. A feature that tried to store something fails loudly instead of losing it at a restart.
 */
export class NoStorage implements Adapter {
  readonly #model: string;

  constructor(model: string) {
    this.#model = model;
  }

  async find(): Promise<undefined> {
    return undefined;
  }

  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async findByUid(): Promise<undefined> {
    return undefined;
  }

  async upsert(): Promise<never> {
    throw new Error(`the issuer stores nothing, but was asked to store a ${this.#model}`);
  }

  async consume(): Promise<void> {}

  async destroy(): Promise<void> {}

  async revokeByGrantId(): Promise<void> {}
}
