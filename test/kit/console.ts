import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Page, Response } from 'playwright-core';

interface GraphQLAnswer {
  readonly data?: { readonly citizen?: { readonly fullName?: string; readonly allergies?: unknown } };
  readonly errors?: readonly { readonly extensions?: { readonly coordinate?: string } }[];
}

/** Everything the browser complains of, and every request that goes beyond these origins. */
export async function watch(page: Page, ...origins: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  // As text: it runs in the page, whose globals are none of this workspace's.
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (violation) => {
    console.error('CSP violation: ' + violation.violatedDirective + ' ' + violation.blockedURI);
  });`);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // The editor ends a worker that is still loading when the schema changes: an abort of the page's own.
    if (reason === 'net::ERR_ABORTED' && request.url().includes('.worker-')) return;
    problems.push(`request failed: ${request.url()} ${reason}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    const expected = origins.some((origin) => url.startsWith(`${origin}/`)) || /^(data|blob):/.test(url);
    if (!expected) problems.push(`request beyond what the page is for: ${url}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`HTTP ${response.status()}: ${response.url()}`);
  });
  return problems;
}

const isQuery = (response: Response): boolean =>
  response.url().endsWith('/graphql') && !(response.request().postData() ?? '').includes('IntrospectionQuery');
const isIntrospection = (response: Response): boolean =>
  response.url().endsWith('/graphql') && (response.request().postData() ?? '').includes('IntrospectionQuery');

/** Waits until the page has a token and GraphiQL has the schema that this token may see. */
async function settled(page: Page, action: () => Promise<unknown>): Promise<void> {
  const token = page.waitForResponse((response) => response.url().endsWith('/console/token'));
  const schema = page.waitForResponse(isIntrospection);
  await action();
  await Promise.all([token, schema]);
  await page.locator('.expiry[data-state="valid"]').waitFor();
}

/** Presses Run; the answer as the gateway sent it, with the request that asked for it. */
async function runQuery(page: Page): Promise<{ answer: GraphQLAnswer; headers: Record<string, string> }> {
  const answered = page.waitForResponse(isQuery);
  await page.locator('.graphiql-execute-button').click();
  const response = await answered;
  await page.locator('.answer[data-status="200"]').waitFor();
  return { answer: await response.json(), headers: await response.request().allHeaders() };
}

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');

async function asksFirstJourney(page: Page, baseUrl: string): Promise<void> {
  await settled(page, () => page.goto(`${baseUrl}/`));
  await page.locator('.languages [lang="vi"]').click();
  await page.getByRole('heading', { name: 'Chín tình huống' }).waitFor();
  assert.equal(await page.locator('[data-journey]').count(), 9);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  assert.match(await textOf(page, '.graphiql-query-editor .view-lines'), /query GradeOneEnrolment/);
  assert.match(await textOf(page, '.claims'), /mot-cua/);

  const { answer, headers } = await runQuery(page);
  assert.equal(answer.errors, undefined);
  assert.equal(answer.data?.citizen?.fullName, 'Phạm Thị Mai');
  assert.match(headers.authorization ?? '', /^Bearer ey/);
  assert.equal(headers['accept-language'], 'vi');
  await page.locator('.graphiql-response .view-line', { hasText: 'Mai' }).waitFor();
}

async function readsEnglish(page: Page): Promise<void> {
  await page.locator('.languages [lang="en"]').click();
  await page.getByRole('heading', { name: 'Nine journeys' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  const { headers } = await runQuery(page);
  assert.equal(headers['accept-language'], 'en');
}

/** A journey by keyboard alone, then the same question by a client that lacks one scope. Returns that client's token. */
async function seesRefusal(page: Page): Promise<string> {
  await settled(page, async () => {
    await page.locator('[data-journey="hospital-emergency"]').focus();
    await page.keyboard.press('Enter');
  });
  assert.equal(await page.locator('select[name="client"]').inputValue(), 'so-y-te');
  assert.equal(await page.locator('select[name="purpose"]').inputValue(), 'EMERGENCY');
  const allowed = await runQuery(page);
  assert.equal(allowed.answer.errors, undefined);
  assert.ok(Array.isArray(allowed.answer.data?.citizen?.allergies));

  await settled(page, () => page.locator('select[name="client"]').selectOption('mot-cua'));
  const { answer, headers } = await runQuery(page);
  assert.equal(answer.data?.citizen?.fullName, 'Phạm Văn Hiếu');
  assert.equal(answer.data?.citizen?.allergies, null);
  const row = page.locator('.refusals tbody tr', { hasText: 'Citizen.allergies' });
  assert.equal(await row.count(), 1);
  assert.match((await row.textContent()) ?? '', /citizen\.allergies/);
  return (headers.authorization ?? '').replace('Bearer ', '');
}

/** The explanation of the same question, by keyboard: what is denied and what opens it, with nothing run. */
async function readsExplanation(page: Page): Promise<void> {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
  });
  await page.locator('#explain').focus();
  await page.keyboard.press('Enter');
  const pane = page.locator('.explain-pane[data-state="explained"]');
  await pane.waitFor();
  assert.deepEqual(sent, ['/explain']);
  assert.equal(await page.evaluate('document.activeElement.id'), 'explanation-title');

  assert.match((await pane.getByRole('status').textContent()) ?? '', /3 of 12 fields are denied/);
  assert.deepEqual(await pane.locator('.departments li').allInnerTexts(), ['Citizens', 'Health']);
  assert.ok(Number(await pane.locator('meter').getAttribute('value')) > 0);
  const rows = pane.getByRole('table', { name: 'Fields' }).locator('tbody tr');
  assert.match((await rows.first().textContent()) ?? '', /Denied: citizen\.allergies.*health:clinical:read.*EMERGENCY/);
  await pane.getByRole('button', { name: 'Permitted 9' }).press('Enter');
  assert.equal(await rows.count(), 9);
  assert.ok(!(await rows.allInnerTexts()).join().includes('allergies'));
  await pane.getByRole('button', { name: 'All 12' }).press('Enter');

  await pane.getByText('Plan of the calls').press('Enter');
  const plan = (await pane.locator('pre').textContent()) ?? '';
  assert.match(plan, /Fetch\(service: "citizens"\)/);
  assert.doesNotMatch(plan, /allergies/);
  assert.doesNotMatch((await pane.textContent()) ?? '', /\d{12}/);
  await pane.getByText('Plan of the calls').press('Enter');

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await pane.getByRole('button', { name: 'Copy scopes' }).press('Enter');
  await pane.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'health:clinical:read');
}

/** The explanation follows the caller, tells when the query has moved on, and leaves for the answer. */
async function leavesExplanation(page: Page): Promise<void> {
  const pane = page.locator('.explain-pane');
  await page.locator('.graphiql-query-editor .view-line').first().click();
  await page.keyboard.type('#');
  await pane.getByText('have changed since this explanation').waitFor();
  await page.keyboard.press('Backspace');
  await pane.getByText('have changed since this explanation').waitFor({ state: 'detached' });

  await settled(page, () => page.locator('select[name="client"]').selectOption('so-y-te'));
  await settled(page, () => page.locator('select[name="purpose"]').selectOption('EMERGENCY'));
  await pane.getByText('Answered in full').waitFor();

  await pane.getByRole('heading').focus();
  await page.keyboard.press('Escape');
  await pane.waitFor({ state: 'detached' });
  assert.equal(await page.evaluate('document.activeElement.id'), 'explain');
  await page.keyboard.press('Enter');
  await pane.waitFor();
  await runQuery(page);
  await page.locator('.graphiql-response .view-line', { hasText: 'Hiếu' }).waitFor();
}

/** Neither the token nor a personal number may outlive the page; the language does. */
async function keepsOnlyTheLanguage(page: Page, token: string): Promise<void> {
  assert.notEqual(token, '');
  const kept = await page.evaluate<string>(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
  );
  assert.ok(!kept.includes(token), 'the token was written to the browser’s storage');
  assert.doesNotMatch(kept, /\d{12}/);
  await settled(page, () => page.reload());
  await page.getByRole('heading', { name: 'Nine journeys' }).waitFor();
}

export interface ConsoleExercise {
  /** A folder for pictures of the console: with an answer that was refused in part, and with its explanation. */
  readonly screenshots?: string;
}

/**
 * What a developer does in the console: opens it, asks the first journey, changes the language, picks another journey
 * by keyboard, changes the client, reads the refusal and has it explained. Fails on anything the browser complains of.
 *
 * @param baseUrl the gateway, without a trailing slash: a federation in development with its demo clients and seeds
 */
export async function exerciseConsole(
  page: Page,
  baseUrl: string,
  { screenshots }: ConsoleExercise = {},
): Promise<void> {
  const problems = await watch(page, baseUrl);
  await page.setViewportSize({ width: 1440, height: 900 });
  await asksFirstJourney(page, baseUrl);
  await readsEnglish(page);
  const token = await seesRefusal(page);
  const picture = async (name: string) => {
    if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, name) });
  };
  await picture('console.png');
  await readsExplanation(page);
  await picture('explanation.png');
  await leavesExplanation(page);
  await keepsOnlyTheLanguage(page, token);
  assert.deepEqual(problems, []);
}
