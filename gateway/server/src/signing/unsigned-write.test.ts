import { expect, test } from '@jest/globals';

import type { Answer } from '../context.ts';
import { PublicError } from '../errors.ts';
import { ofWrite } from './unsigned-write.ts';

const answer: Answer = { status: 200, headers: {}, body: '{}' };

test('a signed answer of a write leaves as it is', async () => {
  expect(await ofWrite(answer)).toBe(answer);
  expect(await ofWrite(Promise.resolve(answer))).toBe(answer);
});

test('of a write whose answer cannot be signed it is told that it has run, and not to send it again', async () => {
  const silent = new PublicError('SIGNING_UNAVAILABLE', { headers: { 'retry-after': '2' } });
  const refused = await ofWrite(Promise.reject(silent)).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'SIGNING_UNAVAILABLE', data: { executed: true } });
  expect(JSON.stringify((refused as PublicError).headers ?? {})).not.toContain('retry-after');
  expect((refused as PublicError).format('en').message).toContain('Do not repeat');
});

test('whatever else fails is a failure of ours', async () => {
  const failure = new Error('ours');
  await expect(ofWrite(Promise.reject(failure))).rejects.toBe(failure);
});
