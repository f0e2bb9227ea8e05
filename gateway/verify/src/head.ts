import { hash32 } from './bytes.ts';
import type { Json } from './json.ts';
import { type Jws, readJws } from './jws.ts';

/** The type of a head's JWS. */
const HEAD = 'lienthong-head+jwt';

/** Milliseconds by which the clocks of gateways that sign heads of one ledger may differ (docs/ledger.md §5). */
export const CLOCKS = 60_000;

/** What a signed head says: at this time the ledger of this origin had so many records, under this root. */
export interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** ISO 8601 in UTC. */
  readonly time: string;
  readonly jws: Jws;
}

/** @returns undefined where the text is no head; its signature is not looked at */
export function readHead(text: Json | undefined): Head | undefined {
  const jws = readJws(text, HEAD);
  if (jws === undefined) return undefined;
  const { origin, size, root: written, time } = jws.payload;
  const root = hash32(written);
  if (typeof origin !== 'string' || !isCount(size) || size === 0 || root === undefined || !isTime(time))
    return undefined;
  return { origin, size, root, time, jws };
}

export const isCount = (value: Json | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** The one form that JavaScript and everybody else can compare as texts: `2026-11-23T02:00:00.000Z`. */
export const isTime = (value: Json | undefined): value is string =>
  typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
