import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { accessibilityProblems } from './accessible.ts';
import { startChromium } from './chromium.ts';

let browser: Browser | undefined;
let page: Page | undefined;
beforeAll(async () => {
  browser = await startChromium();
  page = await browser?.newPage();
}, 300_000);
afterAll(() => browser?.close());

const document = (main: string, html = '<html lang="vi">') =>
  `<!doctype html>${html}<title>A</title><body style="background:#fff"><header><h1>A</h1></header><main>${main}</main>`;

const problemsOf = async (text: string): Promise<string[]> => {
  if (page === undefined) return ['NOT CHECKED: there is no Chromium here'];
  await page.setContent(text);
  return accessibilityProblems(page);
};

const CASES: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
  ['no language', document('', '<html>'), /no language/],
  ['two main landmarks', document('</main><main>'), /one main/],
  ['a heading that skips a level', document('<h3>B</h3>'), /skips a level/],
  ['a button without a name', document('<button style="width:40px;height:40px"></button>'), /no name/],
  ['a field without a label', document('<input style="height:30px">'), /no label/],
  ['a group that is named by nothing', document('<article aria-labelledby="x">B</article>'), /named by nothing/],
  ['a form without a name', document('<form>B</form>'), /has no name/],
  ['a list of other things', document('<ul><p>B</p></ul>'), /list of other things/],
  ['a picture without words', document('<svg></svg>'), /without words/],
  ['an order of its own', document('<p tabindex="3">B</p>'), /order of its own/],
  ['an id twice', document('<p id="b">B</p><p id="b">B</p>'), /id twice/],
  ['grey on white', document('<p style="color:#999">B</p>'), /contrast, 2\.85/],
  ['a small target', document('<button style="width:20px;height:20px;padding:0">B</button>'), /small target/],
  ['what is wider than the screen', document('<div style="width:5000px">B</div>'), /sideways/],
];

test.each(CASES)('notices %s', async (_what, text, problem) => {
  if (browser === undefined) return;
  expect(await problemsOf(text)).toEqual([expect.stringMatching(problem)]);
});

test('has nothing to say of a page that is in order', async () => {
  if (browser === undefined) {
    process.stderr.write('NOT CHECKED: the check of accessibility. There is no Chromium here.\n');
    return;
  }
  const text = document(
    '<h2>B</h2><label>C <input style="height:30px"></label><p style="color:#666">D</p><ul><li>E</ul>',
  );
  expect(await problemsOf(text)).toEqual([]);
});
