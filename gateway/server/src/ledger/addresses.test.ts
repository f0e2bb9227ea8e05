import { describe, expect, test } from '@jest/globals';
import { fastify } from 'fastify';

import { ledgerAddresses } from './addresses.ts';
import type { LedgerWitness } from './witness.ts';

const addresses = (ledger: Partial<LedgerWitness>) => {
  const app = fastify();
  ledgerAddresses(app, { head: async () => undefined, consistency: async () => [], ...ledger });
  const get = async (url: string) => (await app.inject({ url })).statusCode;
  return {
    get,
    proof: (first: unknown, second: unknown) => get(`/ledger/consistency?first=${first}&second=${second}`),
  };
};

describe('what anybody may ask of the ledger', () => {
  test.each([
    ['0', '1'],
    ['2', '1'],
    ['-1', '1'],
    ['1e3', '2000'],
    ['1', '9999999999999999'],
    ['1', '2&second=3'],
    ['01', '2'],
    ['', '1'],
    ['1 or 1=1', '2'],
  ])('no proof is made from %s to %s', async (first, second) => {
    const asked: unknown[] = [];
    const { proof } = addresses({ consistency: async (...sizes) => void asked.push(sizes) as never });
    expect([await proof(first, second), asked]).toEqual([400, []]);
  });

  test('a few proofs are made at a time, whoever asks for how many; afterwards there are more', async () => {
    let made = 0;
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const consistency = async () => {
      made += 1;
      await gate;
      if (made > 4) return [];
      throw new Error('the store is away');
    };
    const { proof } = addresses({ consistency });
    const flood = Array.from({ length: 50 }, (_, n) => proof(n + 1, 100));
    const refused = flood.slice(4);
    expect(await Promise.all(refused)).toEqual(refused.map(() => 503));
    expect(made).toBe(4);
    go();
    await Promise.all(flood);
    expect(await proof(1, 2)).toBe(200);
  });
});
