import type { GraphiQLProps } from 'graphiql';
import { type Answer, sortErrors } from './answer.ts';
import { type Asker, ask } from './ask.ts';

interface Caller extends Asker {
  /** Called with every answer to a query of the user's; introspection by the editor is left out. */
  onAnswer(answer: Answer): void;
}

/** How GraphiQL asks the gateway as this caller. */
export function fetcherFor({ onAnswer, ...asker }: Caller): GraphiQLProps['fetcher'] {
  return async (request, options) => {
    const { body, ...facts } = await ask('/graphql', request, asker, options?.headers);
    if (request.operationName !== 'IntrospectionQuery') onAnswer({ ...facts, ...sortErrors(body) });
    return body as object;
  };
}
