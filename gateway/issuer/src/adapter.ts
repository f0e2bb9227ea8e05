import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider';
import { errors } from './oidc.ts';
import type { Store } from './storage/store.ts';

/** Seconds that a record without an end of its own is kept; oidc-provider gives every one of ours an end. */
const fallback = 600;

/**
 * oidc-provider's storage: clients are looked up in the registry, as it stands now; everything else is in the store.
 * The id itself is not kept in the payload, so that a copy of the database holds nothing that can be spent.
 */
export function adapterOf(store: Store, clients: (id: string) => ClientMetadata | undefined) {
  return (model: string): Adapter => ({
    async find(id) {
      if (model === 'Client') return clients(id) as AdapterPayload | undefined;
      const payload = await store.get(model, id);
      return payload && ({ ...payload, jti: id } as AdapterPayload);
    },
    async findByUid(uid) {
      return (await store.getByUid(model, uid)) as AdapterPayload | undefined;
    },
    async findByUserCode() {
      return undefined;
    },
    async upsert(id, { jti, ...rest }, expiresIn = fallback) {
      const { grantId, uid } = rest;
      await store.put({
        model,
        id,
        // A session is found by its uid too, where its id is not known.
        payload: model === 'Session' ? { jti, ...rest } : rest,
        expires: Date.now() / 1_000 + expiresIn,
        ...(grantId === undefined ? {} : { grantId }),
        ...(uid === undefined ? {} : { uid }),
      });
    },
    async consume(id) {
      if (await store.consume(model, id)) return;
      // Two requests that came at once: oidc-provider saw neither as used, the store lets one of them win.
      throw model === 'PushedAuthorizationRequest'
        ? new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used')
        : new errors.InvalidGrant('already consumed');
    },
    async destroy(id) {
      await store.delete(model, id);
    },
    async revokeByGrantId(grantId) {
      await store.deleteByGrant(model, grantId);
    },
  });
}
