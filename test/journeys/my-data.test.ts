import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { requestToken } from '@lienthong/issuer/client';
import { developmentRegistry } from '@lienthong/registry';
import type { Browser } from 'playwright-core';
import { startChromium } from '../kit/chromium.ts';
import { exerciseMyData, logsInAtTheWrongTime } from '../kit/my-data.ts';
import { type Up, ups } from '../kit/up.ts';

// The ledger is signed every second instead of every minute: evidence is there at once.
const { start, close } = ups({ LIENTHONG_AUDIT_HEADS_EVERY: '1s' });
let up: Up;
let browser: Browser | undefined;

beforeAll(async () => {
  up = await start();
  browser = await startChromium();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await close();
}, 60_000);

interface Answer {
  readonly data: unknown;
  readonly errors?: readonly { readonly extensions: { readonly coordinate: string } }[];
}

/** Asks the gateway as a partner, or as a person who logs in through one. */
const answer = async (client: string, purpose: string, query: string, citizen?: string): Promise<Answer> => {
  const { urls } = up.state;
  const person = citizen === undefined ? {} : { citizen };
  const issued = await requestToken({
    issuer: urls.issuer,
    registryFile: developmentRegistry,
    client,
    purpose,
    ...person,
  });
  if (!issued.ok) throw new Error(issued.messages.en);
  const response = await fetch(urls.gateway, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${issued.token}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer;
};

const ask = async (...question: Parameters<typeof answer>): Promise<unknown> => {
  const { data, errors } = await answer(...question);
  expect(errors).toBeUndefined();
  return data;
};

const HIEU = '051085000001';
const HOA = '051187000003';

test('a citizen reads who looked at his data, why, and that nobody altered it', async () => {
  await ask(
    'mot-cua',
    'TTHC',
    `{ citizen(personalNumber: "${HIEU}") { fullName residence { address } family { citizen { fullName } } } }`,
  );
  await ask('so-y-te', 'EMERGENCY', `{ citizen(personalNumber: "${HIEU}") { fullName allergies { substance } } }`);
  await ask(
    'viettel',
    'KYC',
    `{ matchCitizen(personalNumber: "${HIEU}", fullName: "Phạm Văn Hiếu", birthDate: "1985-03-12") }`,
  );
  if (browser === undefined) {
    process.stderr.write(
      'NOT CHECKED: the citizen’s page in a browser (login, list, evidence, keyboard, print). There is no Chromium here and no ' +
        'right to install it: `sudo apt-get install -y chromium`, then run this test again.\n',
    );
    return;
  }
  const context = await browser.newContext({ locale: 'vi-VN' });
  const page = await context.newPage();
  const { urls, ports } = up.state;
  const addresses = {
    gateway: new URL(urls.gateway).origin,
    issuer: urls.issuer,
    upstream: `http://127.0.0.1:${ports.upstream}`,
  };
  const screenshots = fileURLToPath(new URL('../../docs/images', import.meta.url));
  await exerciseMyData(page, addresses, process.env.UPDATE_SCREENSHOTS === '1' ? { screenshots } : {});
  await logsInAtTheWrongTime(await context.newPage(), addresses);
  await context.close();
}, 240_000);

test('an inspector reads of anybody, a citizen of nobody else, other officers nothing', async () => {
  await ask('mot-cua', 'TTHC', `{ citizen(personalNumber: "${HOA}") { maritalStatus } }`);
  const read = (fields: string) =>
    `{ citizen(personalNumber: "${HOA}") { disclosures(purpose: "TTHC", first: 1) { edges { node { ${fields} } } } } }`;
  expect(await ask('thanh-tra', 'AUDIT', read('officer agency { code } data { items { en } }'))).toEqual({
    citizen: {
      disclosures: {
        edges: [
          {
            node: {
              // Nobody has logged in: the counter's program asked.
              officer: null,
              agency: { code: 'H48.53' },
              data: [{ items: [{ en: 'looked up by personal number' }, { en: 'marital status' }] }],
            },
          },
        ],
      },
    },
  });
  const denied = async (...question: Parameters<typeof answer>) =>
    (await answer(...question)).errors?.map(({ extensions }) => extensions.coordinate);
  expect(await denied('mot-cua', 'TTHC', read('id'))).toEqual(['Citizen.disclosures']);
  expect(await denied('cong-dan', 'AUDIT', read('id'), HIEU)).toEqual(['Query.citizen']);
  // The inspector's own look is in the ledger, and waits for its delay.
  const own = '{ me { disclosures(own: false) { edges { node { agency { code } kind } } } } }';
  expect(await ask('cong-dan', 'AUDIT', own, HOA)).toEqual({
    me: { disclosures: { edges: [{ node: { agency: { code: 'H48.53' }, kind: 'ANSWER' } }, expect.anything()] } },
  });
}, 60_000);
