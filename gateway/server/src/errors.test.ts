import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { errorKinds, type Fault } from './errors.ts';
import { TOKEN_FAULTS } from './identity/challenge.ts';

const document = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

/** Errors of a request that plain `application/json` tells with 200 (GraphQL over HTTP §6.4.1). */
const toldWith200: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]);

interface Row {
  readonly code: string;
  readonly fault: string;
  readonly json: number;
  readonly graphql: number;
}

/** The text below a heading of level 2, up to the next one. */
const sections = (): { title: string; text: string }[] =>
  document
    .split(/^## /m)
    .slice(1)
    .map((part) => ({ title: part.split('\n', 1)[0] ?? '', text: part }));

const documented: readonly Row[] = sections().flatMap(({ title, text }) => {
  const fault = /^Fault: (\w+)$/.exec(title)?.[1];
  if (fault === undefined) return [];
  return [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (\d+) \|/gm)].map(([, code = '', json, graphql]) => ({
    code,
    fault,
    json: Number(json),
    graphql: Number(graphql),
  }));
});

const declared: readonly Row[] = Object.entries(errorKinds).map(
  ([code, { fault, status }]: [string, { fault: Fault; status: number }]) => ({
    code,
    fault,
    json: toldWith200.has(code) ? 200 : status,
    graphql: status,
  }),
);

const byCode = (rows: readonly Row[]): Row[] => rows.toSorted((a, b) => (a.code < b.code ? -1 : 1));

describe('docs/errors.md', () => {
  test('explains every code once, with its statuses and whose fault it is, and no other', () => {
    expect(byCode(documented)).toEqual(byCode(declared));
  });

  test('explains every reason of UNAUTHENTICATED once, and no other', () => {
    const text = sections().find(({ title }) => title === 'Reasons of UNAUTHENTICATED')?.text ?? '';
    const reasons = [...text.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, reason]) => reason);
    expect(reasons.sort()).toEqual([...TOKEN_FAULTS].sort());
  });
});
