/** What a part may be made of: the values of RFC 8785 with whole numbers alone. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The one text of a value (RFC 8785).
 *
 * @throws RangeError for numbers that are not whole or not safe, and strings that are not Unicode
 */
export const canonicalJson = (value: Json): string => {
  if (typeof value === 'string') {
    if (LONE_SURROGATE.test(value)) throw new RangeError('a string of a part holds half a character');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError('a number of a part is not a whole one');
    return JSON.stringify(value);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // RFC 8785 §3.2.3 sorts by UTF-16 code units, and so does `sort` without a comparison.
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${canonicalJson(name)}:${canonicalJson(value[name] ?? null)}`).join(',')}}`;
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Reads the text of a part; undefined unless it is a canonical object: nobody may read two meanings out of one hash. */
export const parseCanonical = (text: string): { readonly [name: string]: Json } | undefined => {
  try {
    const value: Json = JSON.parse(text);
    if (typeof value !== 'object' || value === null || isList(value)) return undefined;
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
};

/**
 * `canonicalJson` for values whose members already stand in order and whose numbers are known to be whole: four times as
 * fast. What a store cannot take as text, half characters and U+0000, becomes U+FFFD: a token may bring it along, and a
 * record is not given up for it.
 */
export const orderedJson = (value: object): string => {
  const text = JSON.stringify(value);
  if (!text.includes('\\u')) return text;
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'string' ? member.replace(UNSTORABLE, '\ufffd') : member,
  );
};

const UNSTORABLE = /[\0\p{Surrogate}]/gu;
