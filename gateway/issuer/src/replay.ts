import type { Store } from './storage/store.ts';

/** Whether a client assertion or DPoP proof comes for the first time, in the shape that oidc-provider asks for. */
export const once =
  (store: Store) =>
  (client: string, jti: string, expires: number): Promise<boolean> =>
    store.once(`${client}\0${jti}`, expires);
