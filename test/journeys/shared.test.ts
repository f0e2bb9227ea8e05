import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { households } from '@lienthong/population';
import { journeys } from '@lienthong/portal/journeys';
import { decodeJwt } from 'jose';

import { type DepartmentName, type Federation, startFederation } from '../kit/federation.ts';

const CITIZENS = 200;
const PERSON = /^051\d{9}$/;

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation({
    citizens: CITIZENS,
    department: { INTERNAL_TOKEN_BINDING: 'channel' },
    config: () => 'internalToken: { binding: channel }\nexecution: { sharing: batched, batchDelay: 10ms }',
  });
});
afterAll(() => federation?.close());

interface Request {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly token: string;
}

/** Every journey, about several people, in two cases of the office whose it is. */
const requests = async (): Promise<readonly Request[]> => {
  const people = [...households(CITIZENS)].flatMap(({ members }) => members.map(({ number }) => number)).slice(0, 8);
  const all: Request[] = [];
  for (const { query, variables, client, purpose } of journeys) {
    const isAboutOne = Object.values(variables).some((value) => PERSON.test(String(value)));
    for (const caseId of ['H48-1', 'H48-2']) {
      const token = await federation.token(client, { purpose, caseId });
      for (const number of isAboutOne ? people : ['']) {
        const about = Object.entries(variables).map(([name, value]) => [
          name,
          PERSON.test(String(value)) ? number : value,
        ]);
        all.push({ query, variables: Object.fromEntries(about), token });
      }
    }
  }
  return all;
};

/** Cursors are sealed anew each time. */
const ask = async (request: Request): Promise<string> =>
  (await federation.ask(request)).text.replaceAll(/"((?:end)?[cC]ursor)":"[^"]*"/g, '"$1":"…"');

/** Whom departments were asked about, and what was vouched for. */
const askedAbout = (): ReadonlySet<string> =>
  new Set(
    Object.entries(federation.proxies).flatMap(([department, { calls }]) =>
      calls.flatMap(({ headers, variables }) => {
        const { iat: _, exp: __, ...claims } = decodeJwt(String(headers.authorization).replace('Bearer ', ''));
        const lists = Object.entries(Object(variables)).filter(([name]) => name.startsWith('representations'));
        const about = lists.flatMap(([, list]) => list as object[]);
        return about.map((each) => `${department} ${JSON.stringify(claims)} ${JSON.stringify(each)}`);
      }),
    ),
  );

const calls = (): number =>
  (Object.keys(federation.proxies) as DepartmentName[]).reduce((sum, name) => sum + federation.asked(name).length, 0);

test('all journeys at once, of several offices and cases, are answered as one after the other', async () => {
  const all = await requests();
  federation.clearCalls();
  const alone: string[] = [];
  for (const request of all) alone.push(await ask(request));
  const before = { calls: calls(), about: askedAbout() };
  expect(before.about.size).toBeGreaterThan(50);

  federation.clearCalls();
  // As many as departments of a test answer in time.
  for (let from = 0; from < all.length; from += 16) {
    const some = all.slice(from, from + 16);
    const expected = alone.slice(from, from + 16);
    expect(await Promise.all([...some, ...some].map(ask))).toEqual([...expected, ...expected]);
  }
  expect([...askedAbout()].sort()).toEqual([...before.about].sort());
  expect(calls()).toBeLessThan(before.calls);
  // Nobody had to be asked for again.
  expect(federation.gateway.log()).not.toContain('"failure"');
});
