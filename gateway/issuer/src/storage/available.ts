import type { Logger } from 'pino';
import { errors } from '../oidc.ts';
import type { Store } from './store.ts';

/** The store does not answer: nobody's fault who asks, and it passes. */
export class StoreUnavailable extends errors.OIDCProviderError {
  override readonly error_description = 'the issuer cannot reach its database; try again';

  constructor(cause: unknown) {
    super(503, 'temporarily_unavailable', { cause: cause instanceof Error ? cause : new Error(String(cause)) });
    this.expose = true;
    delete this.error_detail;
  }
}

/**
 * A store whose failures are answered 503, and logged. Without it nothing may go on: an assertion could be replayed, a
 * code be spent twice.
 */
export function available(store: Store, log: Logger): Store {
  const guard =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      try {
        return await work(...args);
      } catch (err) {
        log.error({ err }, 'the database does not answer');
        throw new StoreUnavailable(err);
      }
    };
  return {
    put: guard(store.put),
    get: guard(store.get),
    getByUid: guard(store.getByUid),
    ofGrant: guard(store.ofGrant),
    consume: guard(store.consume),
    delete: guard(store.delete),
    deleteByGrant: guard(store.deleteByGrant),
    once: guard(store.once),
    close: () => store.close(),
  };
}
