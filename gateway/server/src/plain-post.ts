import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import type { Answer, ReceivedRequest } from './context.ts';
import { peerOf } from './peer.ts';
import { isJson } from './pipeline/receive.ts';

export interface PlainPostParts {
  /** The one address, as a request names it without scheme, host and query string. */
  readonly path: string;
  /** Bytes. */
  readonly bodySize: number;
  /** Whether requests are still taken. */
  readonly ready: () => boolean;
  /** Never fails. */
  readonly answer: (request: ReceivedRequest) => Promise<Answer>;
}

/**
 * The short way of what nearly every request is, past the router and its hooks: JSON posted to one address, of a length that
 * is told and allowed. Whether a request is that is seen from its head, before anything of its body was read; whatever is
 * odd about it (another spelling of the address, no length or too great a one, chunks, an encoding, an expectation) goes the
 * router's way, and so does everything once the gateway closes. plain-post.test.ts holds the two against each other.
 *
 * @param router Fastify's own listener
 */
export const plainPosts =
  (parts: PlainPostParts, router: RequestListener): RequestListener =>
  (incoming, outgoing) => {
    if (isPlain(incoming, parts) && parts.ready()) take(incoming, outgoing, parts);
    else router(incoming, outgoing);
  };

/** No sign, no zero in front, and few enough digits to be a number. */
const LENGTH = /^[1-9]\d{0,14}$/;

const isPlain = ({ method, url, headers }: IncomingMessage, { path, bodySize }: PlainPostParts): boolean => {
  if (method !== 'POST' || url !== path) return false;
  const length = headers['content-length'];
  return (
    length !== undefined &&
    LENGTH.test(length) &&
    Number(length) <= bodySize &&
    isJson(headers['content-type']) &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    headers.expect === undefined
  );
};

/** Node ends a body where its length says; one that breaks off before never ends, and its connection is gone. */
const take = (incoming: IncomingMessage, outgoing: ServerResponse, parts: PlainPostParts): void => {
  let body: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  incoming.on('data', (chunk: Buffer) => {
    if (body === undefined) body = chunk;
    else if (chunks === undefined) chunks = [body, chunk];
    else chunks.push(chunk);
  });
  incoming.on('end', () => {
    const request: ReceivedRequest = {
      method: 'POST',
      path: parts.path,
      search: '',
      headers: incoming.headers,
      rawHeaders: incoming.rawHeaders,
      body: chunks === undefined ? body : Buffer.concat(chunks),
      peer: peerOf(incoming.socket),
    };
    parts.answer(request).then((answer) => send(outgoing, answer, parts.ready()));
  });
};

/** Bytes: with a head, what Node writes without asking for memory. */
const SHORT = 12 * 1024;

const send = (outgoing: ServerResponse, { status, headers, body }: Answer, keepAlive: boolean): void => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const fields: string[] = [];
  for (const name in headers) fields.push(name, headers[name] as string);
  fields.push('content-length', String(bytes.length));
  if (!keepAlive) fields.push('connection', 'close');
  try {
    outgoing.writeHead(status, fields);
    // Node puts a text behind the head and writes both at once; bytes it writes as a second piece, which costs more than this.
    if (bytes.length <= SHORT) outgoing.end(bytes.toString('latin1'), 'latin1');
    else outgoing.end(bytes);
  } catch (error) {
    // A field that no HTTP can carry is a defect of ours, and is reported as one; nobody waits for the answer any more.
    outgoing.destroy();
    throw error;
  }
};
