import type { Language } from '../language.ts';
import type { TestGateway, TestPrincipal } from './gateway.ts';

/** What a question needs to know of the department it goes to. */
export interface Askable {
  readonly name: string;
  readonly url: string;
  readonly gateway: TestGateway;
  /** Who asks where a question does not say; default: somebody without scopes. */
  readonly principal?: TestPrincipal;
}

export interface Question extends TestPrincipal {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  /** Default `en`. */
  readonly language?: Language;
}

/** A GraphQL answer, with the data as loose as JSON is: a test says what it expects. */
export interface Answer {
  readonly status: number;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions?: Readonly<Record<string, unknown>>;
    }[];
  };
}

/** Sends these bytes with this authorization (none if `undefined`), and reads the JSON that comes back. */
export const post = async (
  url: string,
  body: string,
  authorization: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
      ...headers,
    },
    body,
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
};

/** Asks a department as the gateway does: one request, signed for exactly its bytes. */
export const ask = async ({ name, url, gateway, principal: usual }: Askable, question: Question): Promise<Answer> => {
  const { query, variables, operationName, language = 'en', ...principal } = question;
  const body = JSON.stringify({ query, variables, operationName });
  const token = await gateway.token(name, body, { ...usual, ...principal });
  return post(url, body, `Bearer ${token}`, { 'accept-language': language });
};

/** Asks for entities by their representations, as the gateway does between departments. */
export const askEntities = (
  subgraph: Askable,
  type: string,
  keys: readonly object[],
  selection: string,
  principal: TestPrincipal = {},
): Promise<Answer> =>
  ask(subgraph, {
    ...principal,
    query: `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${type} ${selection} } }`,
    variables: { representations: keys.map((key) => ({ __typename: type, ...key })) },
  });
