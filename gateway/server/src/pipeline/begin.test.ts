import { expect, test } from '@jest/globals';

import type { Answer, ReceivedRequest } from '../context.ts';
import { PublicError } from '../errors.ts';
import { unlimited } from '../quotas/index.ts';
import { Turns } from '../turns.ts';
import { type PipelineParts, pipeline } from './index.ts';

const request = (token: string): ReceivedRequest => ({
  method: 'POST',
  path: '/graphql',
  search: '',
  headers: { 'content-type': 'application/json', authorization: token },
  rawHeaders: [],
  body: Buffer.from('{}'),
  peer: { address: '127.0.0.1' } as ReceivedRequest['peer'],
});

/** A pipeline that knows who asks by one word, and whose requests are never answered once they have begun. */
const hanging = () => {
  let begun = 0;
  const parts = {
    config: { limits: {}, execution: { timeout: 1_000 } },
    identity: {
      identifyKnown({ headers }: ReceivedRequest) {
        if (headers.authorization === 'refused') throw new PublicError('UNAUTHENTICATED', { data: { reason: 'x' } });
        return { principal: { kind: 'anonymous' }, assured: true };
      },
      nonce: () => undefined,
    },
    quotas: unlimited,
    documents: { isBound: () => false, find: () => undefined },
    metrics: { request: () => {}, refusedToken: () => {} },
    log: { error: () => {}, isLevelEnabled: () => false },
    load: { check: () => {} },
    turns: new Turns(),
    now: () => 0,
  } as unknown as PipelineParts;
  const answer = () => {
    begun += 1;
    return new Promise<Answer>(() => {});
  };
  const ask = pipeline(parts, { methods: ['POST'], logged: 'request', answer });
  return { ask, begun: () => begun };
};

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('few requests begin in one turn, though those before them never end', async () => {
  const { ask, begun } = hanging();
  for (let n = 0; n < 40; n++) void ask(request('known'));
  expect(begun()).toBe(16);
  await turn();
  expect(begun()).toBe(32);
  await turn();
  expect(begun()).toBe(40);
});

test('whoever is refused by token takes nobody’s turn', async () => {
  const { ask, begun } = hanging();
  const refused = Array.from({ length: 100 }, () => ask(request('refused')));
  for (let n = 0; n < 16; n++) void ask(request('known'));
  expect(begun()).toBe(16);
  expect(new Set((await Promise.all(refused)).map(({ status }) => status))).toEqual(new Set([401]));
});
