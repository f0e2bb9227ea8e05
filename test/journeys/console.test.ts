import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, test } from '@jest/globals';
import { developmentRegistry } from '@lienthong/registry';
import type { Browser } from 'playwright-core';

import { startChromium } from '../kit/chromium.ts';
import { exerciseConsole } from '../kit/console.ts';
import { type Federation, startFederation } from '../kit/federation.ts';

let federation: Federation;
let browser: Browser | undefined;

beforeAll(async () => {
  federation = await startFederation({
    config: ({ issuer }) => `
authorization: { unguarded: refuse, discloseRequirements: true }
console: { enabled: true, demo: { issuer: "${issuer}", registry: "${developmentRegistry}" } }
`,
  });
  browser = await startChromium();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await federation?.close();
});

test('the console asks the running federation, in a browser, under its Content-Security-Policy', async () => {
  if (browser === undefined) {
    process.stderr.write(
      'NOT CHECKED: the console in a browser (policy, editor, journeys, refusals, explanation). There is no Chromium here and no ' +
        'right to install it: `sudo apt-get install -y chromium`, then run this test again.\n',
    );
    return;
  }
  const page = await browser.newPage();
  const screenshots = fileURLToPath(new URL('../../docs/images', import.meta.url));
  const { origin } = new URL(federation.url);
  await exerciseConsole(page, origin, process.env.UPDATE_SCREENSHOTS === '1' ? { screenshots } : {});
  await page.close();
}, 120_000);
