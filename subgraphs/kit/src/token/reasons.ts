/**
 * Why a request was not let in. Stable, so that refusals can be counted; it says which check failed and nothing about
 * the token, since only our own gateway has any business here.
 */
export type TokenRefusal =
  | 'missing'
  | 'malformed'
  | 'type'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'audience'
  | 'issuer'
  | 'expired'
  | 'not_yet_valid'
  | 'lifetime'
  | 'claims'
  | 'body'
  | 'replayed'
  | 'channel'
  | 'scope';

/** The request does not come from the gateway, or not as the gateway sent it. Answered with 401. */
export class TokenRefused extends Error {
  readonly reason: TokenRefusal;

  constructor(reason: TokenRefusal, cause?: unknown) {
    super(`internal token refused: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** The token could not be judged: keys or the memory of used tokens are out of reach, or that memory is full. 503. */
export class TokenUndecided extends Error {
  readonly reason: 'keys_unavailable' | 'replay_memory_full' | 'replay_store_unavailable';

  constructor(reason: TokenUndecided['reason'], cause?: unknown) {
    super(`internal token could not be judged: ${reason}`, { cause });
    this.reason = reason;
  }
}
