import type { ReceivedRequest } from '../context.ts';
import { Refusal } from './challenge.ts';

/** A token as it was sent, and the scheme that it came by. */
export interface Presented {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
}

const AUTHORIZATION = /^(Bearer|DPoP) +([\w\-.~+/]+=*)$/i;

/**
 * The one token of a request; undefined where there is no Authorization header at all. Anything else has to be one good
 * header: Node keeps the first of two in silence, while a proxy in front may have judged the second.
 *
 * @throws Refusal
 */
export const presentedToken = ({ rawHeaders }: Pick<ReceivedRequest, 'rawHeaders'>): Presented | undefined => {
  const [authorization, ...others] = valuesOf(rawHeaders, 'authorization');
  if (authorization === undefined) return undefined;
  const [, scheme, token] = AUTHORIZATION.exec(authorization) ?? [];
  if (others.length > 0 || scheme === undefined || token === undefined) throw new Refusal('malformed');
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
};

/** The one DPoP proof of a request (RFC 9449 §4.3 step 1). @throws Refusal for more than one */
export const presentedProof = ({ rawHeaders }: Pick<ReceivedRequest, 'rawHeaders'>): string | undefined => {
  const [proof, ...others] = valuesOf(rawHeaders, 'dpop');
  if (others.length > 0) throw new Refusal('dpop_proof');
  return proof;
};

/**
 * A header that a proxy sets, where it came once. A second one tells that the proxy added its own to that of the caller, and
 * nobody knows which is which.
 */
export const onlyHeader = ({ rawHeaders }: Pick<ReceivedRequest, 'rawHeaders'>, name: string): string | undefined => {
  const [value, ...others] = valuesOf(rawHeaders, name);
  return others.length > 0 ? undefined : value;
};

/** Every value of a header, in the order in which they came. */
const valuesOf = (rawHeaders: readonly string[], name: string): string[] => {
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const field = rawHeaders[at] as string;
    // Most are of another length already.
    if (field.length === name.length && field.toLowerCase() === name) values.push(rawHeaders[at + 1] as string);
  }
  return values;
};
