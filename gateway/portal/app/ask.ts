import type { Language } from './language.tsx';
import { texts } from './texts.ts';

/** On whose behalf, and in which language, the gateway is asked. */
export interface Asker {
  readonly token: string | undefined;
  language(): Language;
}

/** What came back, or in its place an error of the page's own with status 0. */
export interface Reply {
  readonly status: number;
  readonly milliseconds: number;
  readonly requestId?: string;
  readonly body: unknown;
}

/**
 * Sends one GraphQL request. What the user types under Headers wins over what the page adds, so that a header can be tried
 * out there.
 */
export async function ask(
  address: '/graphql' | '/explain',
  request: object,
  { token, language }: Asker,
  typedHeaders: Readonly<Record<string, unknown>> = {},
): Promise<Reply> {
  const headers = new Headers({
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'content-type': 'application/json',
    'accept-language': language(),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  });
  for (const [name, value] of Object.entries(typedHeaders)) headers.set(name, String(value));

  const started = performance.now();
  const replied = (status: number, body: unknown, requestId: string | null): Reply => ({
    status,
    milliseconds: Math.round(performance.now() - started),
    ...(requestId === null ? {} : { requestId }),
    body,
  });
  let response: Response;
  try {
    response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(request) });
  } catch {
    return replied(0, failure(texts.unreachable[language()]), null);
  }
  const body = await response.json().catch(() => failure(`${texts.notGraphql[language()]} (HTTP ${response.status})`));
  return replied(response.status, body, response.headers.get('x-request-id'));
}

const failure = (message: string) => ({ errors: [{ message }] });
