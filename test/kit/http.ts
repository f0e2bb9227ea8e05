import { type Dispatcher, request } from 'undici';

/** A GraphQL request of a test. */
export interface Question {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  /** An access token; absent: anonymous. */
  readonly token?: string;
  readonly headers?: Record<string, string | string[]>;
  /** How to connect, where that is not plain HTTP. */
  readonly dispatcher?: Dispatcher;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  readonly body: {
    data?: unknown;
    errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[];
  };
}

/** Posts bytes and reads the whole answer. */
export const send = async (
  url: string,
  body: string | Buffer,
  headers: Record<string, string | string[]>,
  dispatcher?: Dispatcher,
): Promise<HttpAnswer> => {
  const answer = await request(url, { method: 'POST', headers, body, ...(dispatcher ? { dispatcher } : {}) });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, body: parsed(text) };
};

const parsed = (text: string) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
