import type { Messages } from '../errors.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** Nothing is loaded, nothing runs, nobody frames it; forms go where the page came from. */
export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const style = `
  body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
  h1 { font-size: 1.5rem } [lang=en] { color: #555 } button { font: inherit; width: 100%; text-align: left; padding: .75rem 1rem; margin: .25rem 0;
  border: 2px solid #1a56a8; border-radius: .4rem; background: #fff; color: inherit; cursor: pointer } button:hover { background: #eaf2fc }
  :focus-visible { outline: 3px solid #c25400; outline-offset: 2px } small { color: #555 }
`;

/** A page in both languages, Vietnamese first; `body` is HTML. */
export function page(title: Messages, body: string): string {
  return `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title.vi)} · ${escapeHtml(title.en)}</title><style>${style}</style></head>
<body><main><h1>${escapeHtml(title.vi)}<br><small lang="en">${escapeHtml(title.en)}</small></h1>
${body}
</main></body></html>
`;
}

/** One paragraph in both languages. */
export const paragraph = ({ vi, en }: Messages): string =>
  `<p>${escapeHtml(vi)}</p>\n<p lang="en">${escapeHtml(en)}</p>`;
