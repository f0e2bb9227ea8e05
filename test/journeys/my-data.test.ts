import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { requestToken } from '@lienthong/issuer/client';
import { developmentRegistry } from '@lienthong/registry';
import type { Browser } from 'playwright-core';
import { startChromium } from '../kit/chromium.ts';
import { exerciseMyData } from '../kit/my-data.ts';
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

/** Asks the gateway as a partner would; the answer's data. */
const ask = async (client: string, purpose: string, query: string): Promise<unknown> => {
  const { urls } = up.state;
  const issued = await requestToken({ issuer: urls.issuer, registryFile: developmentRegistry, client, purpose });
  if (!issued.ok) throw new Error(issued.messages.en);
  const response = await fetch(urls.gateway, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${issued.token}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
};

const HIEU = '051085000001';

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
  await context.close();
}, 240_000);
