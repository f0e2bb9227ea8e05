import { createHmac } from 'node:crypto';

import type { Quota } from '@lienthong/registry';
import type { QuotaStore, Standing } from '@lienthong/state';

import type { Outcome } from '../context.ts';
import { PublicError } from '../errors.ts';
import type { Authenticated, Principal } from '../policy/principal.ts';
import { type QuotaStanding, rateLimitHeaders } from './standing.ts';

const DAY = 86_400_000;
/** Vietnam has kept UTC+7 without daylight saving since 1975. */
const PROVINCE_OFFSET = 7 * 3_600_000;

export interface QuotaParts {
  readonly store: QuotaStore;
  /** What limits a caller for the purpose of its token; undefined: nothing does. */
  readonly quotaOf: (principal: Authenticated) => Quota | undefined;
  /** Keeps the store from holding whom a caller asked about: persons enter it only as keyed hashes. */
  readonly subjectKey: Buffer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Quotas by client and purpose, counted where every process of the gateway counts. A misuse of a purpose does not eat up
 * another: the key is the issuer, the client and the purpose together.
 */
export class Quotas {
  readonly #parts: QuotaParts;

  constructor(parts: QuotaParts) {
    this.#parts = parts;
  }

  /** Counts a request. @throws PublicError QUOTA_EXCEEDED; StateUnavailable */
  takeRequest(principal: Principal, outcome: Outcome): Promise<void> | undefined {
    return this.#take('requests', principal, outcome, 1);
  }

  /** Counts what an operation costs, before it is planned. @throws PublicError QUOTA_EXCEEDED; StateUnavailable */
  takeCost(principal: Principal, outcome: Outcome, cost: number): Promise<void> | undefined {
    // An operation that costs nothing still is one unit of work here.
    return this.#take('cost', principal, outcome, Math.max(1, Math.ceil(cost)));
  }

  /** Whether whom a caller asks about has to be counted. */
  countsCitizens(principal: Principal): boolean {
    return this.#quotaOf(principal)?.citizensPerDay !== undefined;
  }

  /**
   * Counts the persons that an answer is about, misses included: who asks by trial learns from a miss as well. All are
   * counted or, where they do not fit, none, and the answer does not leave.
   *
   * @param persons any texts that tell one person from another
   * @throws PublicError QUOTA_EXCEEDED; StateUnavailable
   */
  async takeCitizens(principal: Principal, outcome: Outcome, persons: ReadonlySet<string>): Promise<void> {
    const quota = this.#quotaOf(principal);
    if (principal.kind === 'anonymous' || quota?.citizensPerDay === undefined) return;
    await this.#addCitizens(principal, outcome, quota.citizensPerDay, persons);
  }

  /**
   * Counts, before a write runs, the persons whom it names. Whom else its answer is about nobody knows yet, so it is refused
   * where no room is left at all.
   *
   * @throws PublicError QUOTA_EXCEEDED; StateUnavailable
   */
  async takeCitizensOfWrite(principal: Principal, outcome: Outcome, named: ReadonlySet<string>): Promise<void> {
    await this.takeCitizens(principal, outcome, new Set());
    const standing = outcome.quotas?.find(({ name }) => name === 'citizens');
    if (standing?.remaining === 0) throw exceeded(outcome, standing);
    if (named.size > 0) await this.takeCitizens(principal, outcome, named);
  }

  /** Counts whom the answer of a write turned out to be about: it has run, so they count beyond the limit as well. */
  async recordCitizens(principal: Principal, outcome: Outcome, persons: ReadonlySet<string>): Promise<void> {
    const quota = this.#quotaOf(principal);
    if (principal.kind === 'anonymous' || quota?.citizensPerDay === undefined) return;
    await this.#addCitizens(principal, outcome, quota.citizensPerDay, persons, Number.MAX_SAFE_INTEGER);
  }

  /** @param room how many the store lets in, where that is not the limit */
  async #addCitizens(
    principal: Authenticated,
    outcome: Outcome,
    limit: number,
    persons: ReadonlySet<string>,
    room = limit,
  ): Promise<void> {
    const { store, now, subjectKey } = this.#parts;
    const at = now();
    const day = Math.floor((at + PROVINCE_OFFSET) / DAY);
    const members = [...persons].map((person) => createHmac('sha256', subjectKey).update(person).digest('base64url'));
    const per = DAY / 1_000;
    const standing = await store.takeDistinct(keyOf(principal, `citizens ${day}`), { limit: room, per }, members);
    const remaining = Math.max(0, standing.remaining - (room - limit));
    const resetsIn = (day + 1) * DAY - PROVINCE_OFFSET - at;
    tell(outcome, { name: 'citizens', limit, window: per }, { ...standing, remaining, resetsIn });
  }

  #quotaOf(principal: Principal): Quota | undefined {
    return principal.kind === 'anonymous' ? undefined : this.#parts.quotaOf(principal);
  }

  /** Undefined where nothing is counted, as it is for most: they need not wait. */
  #take(name: 'requests' | 'cost', principal: Principal, outcome: Outcome, units: number): Promise<void> | undefined {
    const allowance = this.#quotaOf(principal)?.[name];
    if (principal.kind === 'anonymous' || allowance === undefined) return undefined;
    return this.#count({ name, ...allowance }, principal, outcome, units);
  }

  async #count(
    { name, ...allowance }: { readonly name: 'requests' | 'cost'; readonly limit: number; readonly per: number },
    principal: Authenticated,
    outcome: Outcome,
    units: number,
  ): Promise<void> {
    const window = { limit: allowance.limit, per: Math.ceil(allowance.per / 1_000) };
    const standing = await this.#parts.store.take(keyOf(principal, name), window, units);
    tell(outcome, { name, limit: window.limit, window: window.per }, standing);
  }
}

/** Where nothing is counted. */
export const unlimited = new Quotas({
  store: {
    take: () => Promise.reject(new Error('nothing counts')),
    takeDistinct: () => Promise.reject(new Error('nothing counts')),
  },
  quotaOf: () => undefined,
  subjectKey: Buffer.alloc(0),
  now: () => 0,
});

/** No separator that a part could contain. */
const keyOf = ({ issuer, clientId, purpose }: Authenticated, name: string): string =>
  JSON.stringify([issuer, clientId, purpose ?? null, name]);

const tell = (
  outcome: Outcome,
  { name, limit, window }: Pick<QuotaStanding, 'name' | 'limit' | 'window'>,
  { granted, remaining, resetsIn }: Standing,
): void => {
  const seconds = Math.max(1, Math.ceil(resetsIn / 1_000));
  const present = { name, limit, window, remaining, resetsIn: seconds };
  outcome.quotas = [...(outcome.quotas ?? []).filter((other) => other.name !== name), present];
  if (!granted) throw exceeded(outcome, present);
};

const exceeded = ({ quotas = [] }: Outcome, { name, limit, window, resetsIn }: QuotaStanding): PublicError =>
  new PublicError('QUOTA_EXCEEDED', {
    data: { quota: name, limit, window, retryAfter: resetsIn },
    headers: { 'retry-after': String(resetsIn), ...rateLimitHeaders(quotas) },
  });
