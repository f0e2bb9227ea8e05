import {
  openRegistry,
  type Partner,
  purposeOf,
  type Quota,
  type RegistryReader,
  standingOf,
} from '@lienthong/registry';
import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import type { Authenticated, Principal } from '../policy/principal.ts';
import type { SigningClient } from '../signing/signed-request.ts';
import { Refusal } from './challenge.ts';

/**
 * The clients of those issuers that the registry speaks for. A token lives on for minutes after it was issued; what its
 * client may do is what the registry says now.
 */
export class RegisteredClients {
  readonly #registry: RegistryReader;
  readonly #issuers: ReadonlySet<string>;
  /** The same token asks again and again; between two changes of the registry it is judged once. */
  readonly #admitted = new WeakMap<Authenticated, { readonly revision: number; readonly as: Authenticated }>();

  constructor(registry: RegistryReader, issuers: readonly string[]) {
    this.#registry = registry;
    this.#issuers = new Set(issuers);
  }

  /** The registration of whoever asks; undefined where the registry does not speak for its issuer, or has no such client. */
  partnerOf(principal: Principal): Partner | undefined {
    if (principal.kind === 'anonymous' || !this.#issuers.has(principal.issuer)) return undefined;
    return this.#registry.partner(principal.clientId);
  }

  /** Every registration, whatever its standing. */
  get partners(): readonly Partner[] {
    return this.#registry.partners;
  }

  /** Calls back after every change of the registry; returns how to stop. */
  onChange(changed: () => void): () => void {
    return this.#registry.onChange(changed);
  }

  /** What limits the caller for the purpose of its token, where its registration says so. */
  quotaOf(principal: Authenticated): Quota | undefined {
    const partner = this.partnerOf(principal);
    return partner && purposeOf(partner, principal.purpose)?.quota;
  }

  /** Whose signatures its requests may carry, and whether they must. */
  signingClientOf(principal: Authenticated): SigningClient | undefined {
    const partner = this.partnerOf(principal);
    if (!partner) return undefined;
    const { client, authentication, signedRequestsOnly } = partner;
    const keys = authentication.method === 'private_key_jwt' ? authentication.keys : [];
    return { client, keys, only: signedRequestsOnly };
  }

  /**
   * The bearer of a token, with no more than its client is registered for.
   *
   * @param now milliseconds since the epoch
   * @throws Refusal
   */
  admit(principal: Authenticated, now: number): Authenticated {
    if (!this.#issuers.has(principal.issuer)) return principal;
    const partner = this.#registry.partner(principal.clientId);
    if (!partner) throw new Refusal('client_unknown');
    const standing = standingOf(partner, now);
    if (standing !== 'active') throw new Refusal(`client_${standing}`);
    const known = this.#admitted.get(principal);
    if (known?.revision === this.#registry.revision) return known.as;
    const as = withinRegistration(principal, partner);
    this.#admitted.set(principal, { revision: this.#registry.revision, as });
    return as;
  }

  close(): Promise<void> {
    return this.#registry.close();
  }
}

/** Agency and legal basis are facts of the registration: a token that tells them otherwise was not issued for it. */
const withinRegistration = (principal: Authenticated, partner: Partner): Authenticated => {
  const { purpose, org, legalBasis, scopes } = principal;
  const registered = purpose === undefined ? undefined : purposeOf(partner, purpose);
  if (!registered || org !== partner.org || legalBasis !== registered.legalBasis) throw new Refusal('not_registered');
  const held = [...scopes].filter((scope) => registered.scopes.includes(scope));
  return held.length === scopes.size ? principal : { ...principal, scopes: new Set(held) };
};

/** The registry as the configuration names it; undefined where it names none. */
export const registeredClients = async (
  { registry, environment }: Pick<GatewayConfig, 'registry' | 'environment'>,
  log: Logger,
): Promise<RegisteredClients | undefined> => {
  if (registry === undefined) return undefined;
  const reader = await openRegistry(registry, {
    environment,
    onProblem: ({ code, message }) => log.error({ failure: 'registry', code, problem: message }, 'registry not taken'),
  });
  return new RegisteredClients(reader, registry.issuers);
};
