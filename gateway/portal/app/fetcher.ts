import type { GraphiQLProps } from 'graphiql';
import { type Answer, sortErrors } from './answer.ts';
import type { Language } from './language.tsx';
import { texts } from './texts.ts';

type Fetcher = GraphiQLProps['fetcher'];

interface Caller {
  readonly token: string | undefined;
  language(): Language;
  /** Called with every answer to a query of the user's; introspection by the editor is left out. */
  onAnswer(answer: Answer): void;
}

const failure = (message: string) => ({ errors: [{ message }] });

/**
 * Asks the gateway as this caller. What the user types under Headers wins over what the page adds, so that a header
 * can be tried out there.
 */
export function fetcherFor({ token, language, onAnswer }: Caller): Fetcher {
  return async (request, options) => {
    const headers = new Headers({
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'content-type': 'application/json',
      'accept-language': language(),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    });
    for (const [name, value] of Object.entries(options?.headers ?? {})) headers.set(name, String(value));

    const started = performance.now();
    const answered = (status: number, body: unknown, requestId: string | null) => {
      if (request.operationName === 'IntrospectionQuery') return;
      const milliseconds = Math.round(performance.now() - started);
      onAnswer({ status, milliseconds, ...(requestId === null ? {} : { requestId }), ...sortErrors(body) });
    };
    let response: Response;
    try {
      response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(request) });
    } catch {
      const body = failure(texts.unreachable[language()]);
      answered(0, body, null);
      return body;
    }
    const body = await response
      .json()
      .catch(() => failure(`${texts.notGraphql[language()]} (HTTP ${response.status})`));
    answered(response.status, body, response.headers.get('x-request-id'));
    return body;
  };
}
