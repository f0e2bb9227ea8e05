import { type InnerList, isInnerList, parseDictionary } from 'structured-headers';

import type { ReceivedRequest } from '../context.ts';
import { Refusal } from '../identity/challenge.ts';
import { REQUEST_TAG } from './tags.ts';

/** No honest field is longer. */
const MAX_LENGTH = 4_096;

/** What a signature says of itself: nothing of it is verified yet. */
export interface PresentedSignature {
  readonly label: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly keyid: string;
  readonly nonce: string;
  /** Names and values of the fields that it covers, and its own, in the order in which they came. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/**
 * The one signature of a request that is made for this gateway; undefined where there is none.
 *
 * @throws Refusal where the field cannot be read, or holds several such signatures, or one that lacks a parameter
 */
export const presentedSignature = ({
  headers,
  rawHeaders,
}: Pick<ReceivedRequest, 'headers' | 'rawHeaders'>): PresentedSignature | undefined => {
  const input = headers['signature-input'];
  if (input === undefined) return undefined;
  const [found, ...others] = Object.entries(signatures(String(input)));
  if (found === undefined) return undefined;
  const [label, [components, parameters]] = found;
  const [created, keyid, nonce] = ['created', 'keyid', 'nonce'].map((name) => parameters.get(name));
  if (others.length > 0 || typeof created !== 'number' || typeof keyid !== 'string' || typeof nonce !== 'string') {
    throw new Refusal('request_signature');
  }
  const needed = new Set(['signature', 'signature-input', ...components.map(([name]) => String(name))]);
  return { label, created, keyid, nonce, fields: fieldsOf(rawHeaders, needed) };
};

/** By label, those that carry our tag. */
const signatures = (input: string): Record<string, InnerList> => {
  if (input.length > MAX_LENGTH) throw new Refusal('request_signature');
  try {
    return Object.fromEntries(
      [...parseDictionary(input)].flatMap(([label, member]) =>
        isInnerList(member) && member[1].get('tag') === REQUEST_TAG ? [[label, member] as const] : [],
      ),
    );
  } catch {
    throw new Refusal('request_signature');
  }
};

const fieldsOf = (rawHeaders: readonly string[], needed: ReadonlySet<string>) => {
  const fields: { name: string; value: string }[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (needed.has(name.toLowerCase())) fields.push({ name, value });
  }
  return fields;
};
