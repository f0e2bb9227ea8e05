import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Locator, Page, Route } from 'playwright-core';
import { accessibilityProblems } from './accessible.ts';
import { watch } from './console.ts';

/** Where the page, the login and the invented people are. */
export interface MyDataAddresses {
  readonly gateway: string;
  readonly issuer: string;
  readonly upstream: string;
}

const usable = async (page: Page): Promise<void> => assert.deepEqual(await accessibilityProblems(page), []);

const focused = (page: Page): Promise<string> => page.evaluate<string>('document.activeElement.textContent');

const textOf = async (part: Locator): Promise<string> => (await part.textContent()) ?? '';

const entries = (page: Page) => page.locator('.entry');

/** From the page to the login and back, by keyboard alone. */
async function logIn(page: Page, person: string): Promise<void> {
  const button = page.getByRole('button', { name: /^(Đăng nhập|Log in)$/ });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: person }).focus();
  await page.keyboard.press('Enter');
}

async function isToldWhatItIs(page: Page, { gateway }: MyDataAddresses): Promise<void> {
  await page.goto(`${gateway}/my-data`);
  await page.locator('.languages [lang="vi"]').click();
  await page.getByRole('heading', { level: 1, name: 'Ai đã xem dữ liệu của tôi?' }).waitFor();
  assert.equal(await page.title(), 'Ai đã xem dữ liệu của tôi?');
  await usable(page);
  await logIn(page, 'Không đăng nhập');
  await page.getByText('Bạn đã không đăng nhập.').waitFor();
  assert.match(await focused(page), /Bạn đã không đăng nhập/);
  assert.equal(page.url(), `${gateway}/my-data`);
  await usable(page);
}

/** Who looked, at what, and why: what the partners asked before. */
async function readsTheList(page: Page, { gateway }: MyDataAddresses): Promise<void> {
  await logIn(page, 'Phạm Văn Hiếu');
  await entries(page).first().waitFor();
  assert.equal(await focused(page), 'Những lần dữ liệu được cung cấp');
  assert.equal(page.url(), `${gateway}/my-data`);
  await page.getByRole('status').getByText('3 lần.').waitFor();
  assert.deepEqual(await page.locator('.entry h4 > span:first-of-type').allInnerTexts(), [
    'Viettel',
    'Sở Y tế',
    'Ủy ban nhân dân xã Sơn Hà',
  ]);
  const emergency = await textOf(entries(page).nth(1));
  for (const said of ['Cấp cứu', 'họ tên', 'dị ứng (nhạy cảm)', 'không cần đồng ý']) {
    assert.ok(emergency.includes(said), `${said} is not in: ${emergency}`);
  }
  // Whose else's data were in the same answer is not told.
  assert.ok(!(await textOf(page.locator('main'))).includes('Phạm Thị Mai'));
  await usable(page);
}

async function narrowsIt(page: Page): Promise<void> {
  assert.equal(await page.locator('.filters').getAttribute('open'), '');
  await page.getByLabel('Cơ quan').selectOption({ label: 'Sở Y tế' });
  await page.getByRole('button', { name: 'Lọc', exact: true }).press('Enter');
  await page.getByRole('status').getByText('1 lần.').waitFor();
  await page.getByLabel('Đến ngày').fill('2020-01-01');
  await page.getByRole('button', { name: 'Lọc', exact: true }).press('Enter');
  await page.getByText('Không có lần nào khớp').waitFor();
  await page.emulateMedia({ media: 'print' });
  await page.getByText('Đã lọc: Đến ngày 01/01/2020; Sở Y tế').waitFor({ state: 'visible' });
  await page.emulateMedia({ media: 'screen' });
  await usable(page);
  await page.getByRole('button', { name: 'Bỏ lọc' }).press('Enter');
  await page.getByRole('status').getByText('3 lần.').waitFor();
  await page.getByLabel('Cả những lần tôi tự xem').check();
  await page.getByRole('button', { name: 'Lọc', exact: true }).press('Enter');
  await page.getByText('Bạn tự xem').first().waitFor();
  await page.getByRole('button', { name: 'Bỏ lọc' }).press('Enter');
  await page.getByRole('status').getByText('3 lần.').waitFor();
}

/** Evidence, true and false, by keyboard. */
async function checksEvidence(page: Page): Promise<void> {
  const entry = entries(page).first();
  await entry.locator('summary').focus();
  await page.keyboard.press('Enter');
  assert.match(await textOf(entry), /Query\.matchCitizen/);
  const check = entry.getByRole('button', { name: 'Kiểm tra bằng chứng' });
  const verdict = entry.locator('.verdict');
  // The ledger is signed from time to time: until then the page says so.
  for (let tries = 0; tries < 60; tries += 1) {
    await check.press('Enter');
    await verdict.waitFor();
    if ((await verdict.getAttribute('data-kind')) !== 'unsigned') break;
    await page.waitForTimeout(1_000);
  }
  assert.match(await textOf(verdict), /Bằng chứng đúng/);
  assert.match(await textOf(verdict), /Vị trí trong sổ/);
  await usable(page);

  const tamper = async (route: Route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/"seq":(\d+)/, (_, seq: string) => `"seq":${Number(seq) + 1}`);
    await route.fulfill({ response, body });
  };
  await page.route('**/graphql', tamper);
  await check.press('Enter');
  await entry.getByText('Bằng chứng KHÔNG đúng.').waitFor();
  assert.match(await textOf(verdict), /ở chỗ này không phải là lần đó.*INCLUSION/);
  await page.unroute('**/graphql', tamper);
  const saved = page.waitForEvent('download');
  await entry.getByRole('button', { name: 'Lưu bằng chứng' }).press('Enter');
  assert.match((await saved).suggestedFilename(), /^lienthong-[0-9a-f-]{36}\.json$/);
  await check.press('Enter');
  await entry.getByText('Bằng chứng đúng.').waitFor();
}

async function readsEnglish(page: Page): Promise<void> {
  await page.locator('.languages [lang="en"]').click();
  await page.getByRole('heading', { level: 1, name: 'Who looked at my data?' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.match(await textOf(entries(page).nth(1)), /Medical emergency[\s\S]*allergies \(sensitive\)/);
  await usable(page);
}

/** A narrow phone, and paper. */
async function readsElsewhere(page: Page, picture: (name: string) => Promise<void>): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  await usable(page);
  await picture('my-data-phone.png');
  await page.setViewportSize({ width: 1200, height: 900 });
  await page.emulateMedia({ media: 'print' });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  assert.equal(await page.locator('.entry details:not([open])').count(), 0);
  assert.equal(await page.locator('button:visible, input:visible, select:visible').count(), 0);
  await page.getByText('Printed at').waitFor();
  // Whoever is shown the paper has to know whether it is all.
  await page.getByText('3 disclosures.').waitFor({ state: 'visible' });
  await page.evaluate("dispatchEvent(new Event('afterprint'))");
  await page.emulateMedia({ media: 'screen' });
}

/** No connection, then a session that is over. Returns the token that the page had. */
async function losesTheGateway(page: Page): Promise<string> {
  let token = '';
  await page.route('**/graphql', async (route) => {
    token = (await route.request().headerValue('authorization')) ?? '';
    await route.abort();
  });
  await page.getByRole('button', { name: 'Apply' }).press('Enter');
  await page.getByRole('alert').getByText('No connection.').waitFor();
  await usable(page);
  await page.unroute('**/graphql');
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).press('Enter');
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await page.getByRole('status').getByText('3 disclosures.').waitFor();

  await page.route('**/graphql', (route) => route.fulfill({ status: 401, json: {} }));
  await page.getByRole('button', { name: 'Apply' }).press('Enter');
  await page.getByText('The session has ended').waitFor();
  assert.match(await focused(page), /The session has ended/);
  assert.equal(await entries(page).count(), 0);
  await usable(page);
  await page.unroute('**/graphql');
  return token;
}

/** Neither the token nor what it was made from may outlive the page; a code that is planted logs nobody in. */
async function keepsNothing(page: Page, token: string, { gateway }: MyDataAddresses): Promise<void> {
  assert.match(token, /^DPoP ey/);
  const kept = await page.evaluate<string>(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
  );
  assert.equal(kept, '[{"lienthong:language":"en"},{},""]');
  await page.goto(`${gateway}/my-data?code=planted&state=planted&iss=planted`);
  await page.getByText('The login was interrupted').waitFor();
  assert.equal(page.url(), `${gateway}/my-data`);
}

/** A device whose clock is wrong by hours: proofs of possession are good for seconds. */
export async function logsInAtTheWrongTime(page: Page, { gateway }: MyDataAddresses): Promise<void> {
  await page.addInitScript('const now = Date.now.bind(Date); Date.now = () => now() - 3 * 3_600_000;');
  await page.goto(`${gateway}/my-data`);
  await logIn(page, 'Phạm Văn Hiếu');
  await entries(page).first().waitFor();
}

export interface MyDataExercise {
  /** A folder for pictures of the page. */
  readonly screenshots?: string;
}

/**
 * What a citizen does at `/my-data`. Viettel, the Department of Health and the commune have asked about Phạm Văn Hiếu, in
 * the order from the latest. Fails on anything the browser complains of, but for what this journey itself breaks.
 */
export async function exerciseMyData(
  page: Page,
  addresses: MyDataAddresses,
  { screenshots }: MyDataExercise = {},
): Promise<void> {
  const problems = await watch(page, addresses.gateway, addresses.issuer, addresses.upstream);
  const picture = async (name: string, fullPage = false) => {
    if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, name), fullPage });
  };
  await page.setViewportSize({ width: 1200, height: 900 });
  await isToldWhatItIs(page, addresses);
  await readsTheList(page, addresses);
  await narrowsIt(page);
  await checksEvidence(page);
  await picture('my-data.png', true);
  await readsEnglish(page);
  await readsElsewhere(page, picture);
  assert.deepEqual(problems.splice(0), []);
  const token = await losesTheGateway(page);
  await keepsNothing(page, token, addresses);
  const broken = /ERR_(FAILED|ABORTED)|HTTP 401|status of 401/;
  assert.deepEqual(
    problems.filter((problem) => !broken.test(problem)),
    [],
  );
}
