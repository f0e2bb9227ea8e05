/** How a caller stands with one quota; told in the answer's headers. */
export interface QuotaStanding {
  readonly name: 'requests' | 'cost' | 'citizens';
  readonly limit: number;
  /** Seconds. */
  readonly window: number;
  readonly remaining: number;
  /** Seconds, rounded up. */
  readonly resetsIn: number;
}

/** The fields of draft-ietf-httpapi-ratelimit-headers, as structured fields (RFC 9651). */
export const rateLimitHeaders = (standings: readonly QuotaStanding[]): Record<string, string> =>
  standings.length === 0
    ? {}
    : {
        'ratelimit-policy': standings.map(({ name, limit, window }) => `"${name}";q=${limit};w=${window}`).join(', '),
        ratelimit: standings
          .map(({ name, remaining, resetsIn }) => `"${name}";r=${remaining};t=${resetsIn}`)
          .join(', '),
      };
