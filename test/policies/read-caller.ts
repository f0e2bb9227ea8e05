import type { Section } from '@lienthong/schema/yaml-file';

import type { DecisionPointAnswer, Token } from './model.ts';
import { plainRecord } from './read-values.ts';

/** Words of the tables → claims of the token. */
const CLAIMS = new Map([
  ['scopes', 'scope'],
  ['purpose', 'purpose'],
  ['org', 'org'],
  ['legalBasis', 'legal_basis'],
  ['case', 'case_id'],
  ['citizen', 'citizen'],
]);

/** `anonymous`, or the claims of a token; `claims` holds those that are written into it as they stand. */
export const readToken = (section: Section, key: string): Token => {
  if (section.json(key) === 'anonymous') return { kind: 'anonymous' };
  const token = section.section(key).only([...CLAIMS.keys(), 'issuer', 'claims']);
  const named = [...CLAIMS].filter(([word]) => token.has(word)).map(([word, claim]) => [claim, textOf(token, word)]);
  return {
    kind: 'bearer',
    issuer: token.has('issuer') ? token.word('issuer', ['string', 'array']) : 'string',
    claims: { ...Object.fromEntries(named), ...(token.has('claims') ? plainRecord(token, 'claims') : {}) },
  };
};

/** Unlike elsewhere the empty text is one: a token may hold no scope at all. */
const textOf = (section: Section, key: string): string => {
  const value = section.json(key);
  if (typeof value === 'string') return value;
  throw section.refuse(key, 'phải là chuỗi', 'must be a string');
};

/** A list of what is granted, or the answer itself by name, or `late` or `broken`. Absent: nothing is granted. */
export const readDecisionPoint = (section: Section, key: string): DecisionPointAnswer => {
  if (!section.has(key)) return { kind: 'result', result: {} };
  const given = section.json(key);
  if (given === 'late' || given === 'broken') return { kind: given };
  const granted = Array.isArray(given) ? section.strings(key).map((name) => [name, true]) : undefined;
  return { kind: 'result', result: granted ? Object.fromEntries(granted) : plainRecord(section, key) };
};
