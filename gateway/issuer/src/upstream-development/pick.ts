import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { escapeHtml, page, pagePolicy, paragraph } from '../login/page.ts';
import { errors } from '../oidc.ts';
import { type InventedPerson, people } from './people.ts';

const path = /^\/pick\/([\w-]{1,64})$/;

/** The page on which one picks who one is: a list of buttons, and one to go back without. */
export function pickRoutes(provider: Provider) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    if (!path.test(ctx.path)) return next();
    ctx.set('cache-control', 'no-store');
    try {
      await provider.interactionDetails(ctx.req, ctx.res);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      return answer(ctx, 400, page(over, paragraph(startAgain)));
    }
    if (ctx.method !== 'POST') return answer(ctx, 200, pickPage());
    const person = people.find(({ id }) => id === ctx.query.person);
    const result = person
      ? { login: { accountId: person.id, remember: false } }
      : { error: 'access_denied', error_description: 'nobody was picked' };
    ctx.status = 303;
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }));
  };
}

const over = { vi: 'Lượt đăng nhập đã hết', en: 'This login is over' };
const startAgain = {
  vi: 'Hãy quay lại ứng dụng và đăng nhập lại.',
  en: 'Go back to the application and log in again.',
};

function pickPage(): string {
  const title = { vi: 'Đăng nhập thử: bạn là ai?', en: 'Trial login: who are you?' };
  const notice = {
    vi: 'Những người dưới đây đều là giả lập. Trang này chỉ có trong môi trường phát triển và không xác minh ai.',
    en: 'Everybody below is invented. This page exists in development only, and verifies nobody.',
  };
  // Which person is in the address of the form, not in a body that would have to be parsed; it is no secret.
  const buttons = people.map((person) => button(`?person=${person.id}`, describe(person)));
  const back = button('?person=', `Không đăng nhập · <span lang="en">Do not log in</span>`);
  return page(title, `${paragraph(notice)}\n${buttons.join('\n')}\n${back}`);
}

const button = (action: string, label: string): string =>
  `<form method="post" action="${action}"><button type="submit">${label}</button></form>`;

function describe({ name, personalNumber, agency, agencyName }: InventedPerson): string {
  const role =
    agency === undefined
      ? `Công dân ${personalNumber} · <span lang="en">citizen</span>`
      : `Cán bộ ${escapeHtml(agencyName ?? '')} (${agency}) · <span lang="en">officer</span>`;
  return `${escapeHtml(name)}<br><small>${role}</small>`;
}

function answer(ctx: KoaContextWithOIDC, status: number, body: string): void {
  ctx.status = status;
  // The answer to the form is a chain of redirects back to the application, which browsers hold against form-action.
  ctx.set('content-security-policy', pagePolicy.replace("form-action 'self'; ", ''));
  ctx.body = body;
  ctx.type = 'text/html; charset=utf-8';
}
