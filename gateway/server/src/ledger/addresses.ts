import type { FastifyInstance, FastifyReply } from 'fastify';

import type { LedgerWitness } from './witness.ts';

/** Proofs that are made at a time: anybody may ask for any two sizes, and the store has records to take. */
const PROOFS_AT_A_TIME = 4;
/** A number of records, as an address names it. */
const SIZE = /^[1-9]\d{0,14}$/;

/**
 * For witnesses, and whoever holds a proof (docs/ledger.md §8): `/ledger/head` and
 * `/ledger/consistency?first=SIZE&second=SIZE`. Whoever keeps heads can tell that the ledger only ever grew.
 */
export const ledgerAddresses = (app: FastifyInstance, ledger: LedgerWitness): void => {
  const unavailable = (reply: FastifyReply) =>
    reply.code(503).header('retry-after', '2').send({ status: 'unavailable' });

  let making = 0;

  app.get('/ledger/head', async (_request, reply) => {
    const jws = await ledger.head().catch(() => null);
    if (jws === null) return unavailable(reply);
    if (jws === undefined) return reply.code(404).send({ status: 'no head was signed yet' });
    return reply.header('cache-control', 'no-cache').type('application/jose').send(jws);
  });

  app.get('/ledger/consistency', async (request, reply) => {
    const { first, second } = request.query as Readonly<Record<string, unknown>>;
    if (!isSize(first) || !isSize(second) || Number(first) > Number(second)) {
      return reply.code(400).send({ status: 'first and second are sizes of heads, the smaller one first' });
    }
    if (making >= PROOFS_AT_A_TIME) return unavailable(reply);
    making += 1;
    const proof = await ledger.consistency(Number(first), Number(second)).catch(() => null);
    making -= 1;
    if (proof === null) return unavailable(reply);
    if (proof === undefined) return reply.code(404).send({ status: 'the ledger has not been that large' });
    return reply
      .header('cache-control', 'public, max-age=86400')
      .send({ first: Number(first), second: Number(second), proof });
  });
};

const isSize = (value: unknown): value is string => typeof value === 'string' && SIZE.test(value);
