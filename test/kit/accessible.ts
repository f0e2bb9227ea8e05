import type { Page } from 'playwright-core';

/**
 * What keeps somebody from using a page by keyboard or by ear, as far as a machine can see it; a list of sentences. Run in
 * the page, whose globals are none of this workspace's: so it is a text.
 */
const PROBLEMS = `(() => {
  const problems = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const say = (element) => element.outerHTML.slice(0, 80);

  if (!/^(vi|en)$/.test(document.documentElement.lang)) problems.push('the page has no language');
  if (document.title.trim() === '') problems.push('the page has no title');
  for (const landmark of ['main', 'header', 'h1']) {
    if (all(landmark).length !== 1) problems.push('not exactly one ' + landmark);
  }
  let level = 0;
  for (const heading of all('h1, h2, h3, h4, h5, h6')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) problems.push('a heading skips a level: ' + say(heading));
    if (heading.textContent.trim() === '') problems.push('an empty heading: ' + say(heading));
    level = own;
  }
  for (const control of all('button, summary, a[href]')) {
    const name = control.getAttribute('aria-label') ?? control.textContent;
    if (name.trim() === '') problems.push('a control has no name: ' + say(control));
  }
  for (const field of all('input, select, textarea')) {
    if (field.labels.length === 0 && !field.hasAttribute('aria-label')) problems.push('a field has no label: ' + say(field));
  }
  for (const group of all('fieldset, form, section[aria-labelledby], article')) {
    const by = group.getAttribute('aria-labelledby');
    if (by !== null && !document.getElementById(by)?.textContent.trim()) problems.push('named by nothing: ' + say(group));
    if (by === null && !group.hasAttribute('aria-label') && !group.querySelector('legend')) problems.push('has no name: ' + say(group));
  }
  for (const list of all('ul, ol')) {
    if ([...list.children].some((child) => child.tagName !== 'LI')) problems.push('a list of other things: ' + say(list));
  }
  for (const picture of all('img, svg')) {
    if (!picture.hasAttribute('alt') && picture.getAttribute('aria-hidden') !== 'true') problems.push('a picture without words: ' + say(picture));
  }
  for (const element of all('[tabindex]')) {
    if (element.tabIndex > 0) problems.push('an order of its own: ' + say(element));
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) problems.push('an id twice: ' + id);

  // WCAG 2.2, 1.4.3: 4.5 to 1, and 3 to 1 for large or bold text. Only where colours are plain.
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  for (const element of all('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || element.closest(':disabled')) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(parse(style.color)), luminance(ground(element))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) problems.push('too little contrast, ' + ratio.toFixed(2) + ': ' + say(element));
  }
  // WCAG 2.2, 2.5.8: 24 by 24 pixels at least.
  for (const control of all('button, select, input, summary')) {
    const { width, height } = control.getBoundingClientRect();
    if (control.type !== 'checkbox' && (width < 24 || height < 24)) problems.push('a small target: ' + say(control));
  }
  if (document.documentElement.scrollWidth > window.innerWidth) problems.push('the page scrolls sideways');
  return problems;
})()`;

export const accessibilityProblems = (page: Page): Promise<string[]> => page.evaluate<string[]>(PROBLEMS);
