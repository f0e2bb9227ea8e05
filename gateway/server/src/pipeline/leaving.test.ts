import { expect, test } from '@jest/globals';

import type { Answer, ReceivedRequest, RequestContext } from '../context.ts';
import { PublicError } from '../errors.ts';
import type { Ended, RecordKeeper } from '../ledger/keeper.ts';
import { unlimited } from '../quotas/index.ts';
import type { SignAnswer } from '../signing/answer.ts';
import { type Digests, digestsOf } from '../signing/digest.ts';
import { Turns } from '../turns.ts';
import { type PipelineParts, pipeline } from './index.ts';

const request: ReceivedRequest = {
  ...{ method: 'POST', path: '/graphql', search: '', headers: { 'content-type': 'application/json' }, rawHeaders: [] },
  ...{ body: Buffer.from('{}'), peer: { address: '127.0.0.1', certificate: undefined } },
};
const answered: Answer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"data":{"name":"An"}}',
};
const withheld: Answer = { ...answered, status: 503, body: '{"errors":[]}' };

interface Steps {
  /** What the ledger makes of the answer. */
  readonly keep?: (answer: Answer) => Answer;
  readonly sign?: SignAnswer;
  /** The id of the INTENT, where the request is a write that was begun. */
  readonly intent?: string;
}

/** Asks once, and tells what the ledger and the signer were given, in their order. */
const ask = async ({ keep = (answer) => answer, sign = (answer) => answer, intent }: Steps) => {
  const told: { step: string; answer: Answer; digests: Digests }[] = [];
  const keeper: Pick<RecordKeeper, 'draft' | 'keep'> = {
    draft: () => ({ departments: new Map(), denied: new Set() }),
    async keep(answer: Answer, { digests }: Ended) {
      // Durability takes a while.
      await new Promise((turn) => setImmediate(turn));
      told.push({ step: 'keep', answer, digests });
      return keep(answer);
    },
  };
  const parts = {
    ...{
      config: { limits: {}, execution: { timeout: 1_000 } },
      quotas: unlimited,
      turns: new Turns(),
      now: () => 0,
      keeper,
    },
    identity: { identifyKnown: () => ({ principal: { kind: 'anonymous' }, assured: true }), nonce: () => undefined },
    documents: { isBound: () => false, find: () => undefined },
    metrics: { request: () => {}, refusedToken: () => {} },
    log: { error: () => {}, isLevelEnabled: () => false },
    load: { check: () => {} },
    sign: (answer: Answer, digests: Digests) => {
      told.push({ step: 'sign', answer, digests });
      return sign(answer, digests);
    },
  } as unknown as PipelineParts;
  const answer = async (_request: ReceivedRequest, _body: unknown, { outcome }: RequestContext) => {
    if (outcome.record && intent !== undefined) outcome.record.intent = intent;
    return answered;
  };
  const leaving = pipeline(parts, { methods: ['POST'], logged: 'request', answer })(request);
  return { told, left: await leaving.catch((error: unknown) => error) };
};

test('an answer is signed once its record is there, with the name of it', async () => {
  const { told } = await ask({
    keep: (answer) => ({ ...answer, headers: { ...answer.headers, 'lienthong-record': 'r' } }),
  });
  expect(told.map(({ step }) => step)).toEqual(['keep', 'sign']);
  expect(told.map(({ digests }) => digests)).toEqual([digestsOf(request, answered), digestsOf(request, answered)]);
  expect(told[1]?.answer.headers).toMatchObject({ 'lienthong-record': 'r' });
});

test('where an answer is withheld, it is the refusal in its place that is signed', async () => {
  const { told, left } = await ask({ keep: () => withheld });
  expect(left).toMatchObject({ status: 503, body: withheld.body });
  expect(told[1]).toMatchObject({ step: 'sign', answer: { status: 503 }, digests: digestsOf(request, withheld) });
});

test.each([
  ['a write that has run, it is told so', 'intent', { executed: true }],
  ['anything else, nothing of the kind', undefined, {}],
])('where it cannot be signed nothing leaves; of %s', async (_what, intent, data) => {
  const sign = () => Promise.reject(new PublicError('SIGNING_UNAVAILABLE'));
  const { left } = await ask({ sign, ...(intent === undefined ? {} : { intent }) });
  expect(left).toBeInstanceOf(PublicError);
  expect(left).toMatchObject({ code: 'SIGNING_UNAVAILABLE', data });
  expect((left as PublicError).data).toEqual(data);
});
