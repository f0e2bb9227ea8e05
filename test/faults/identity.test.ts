import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Gateway, loadConfig, startGateway } from '@lienthong/server';
import { type RedisServer, startRedis } from '@lienthong/state/testing';
import type { JWTPayload } from 'jose';
import { pino } from 'pino';

import { type KeyServer, keyServer } from '../kit/key-server.ts';
import { proofKey } from '../kit/proofs.ts';
import { LINK, mint, type SmallFederation, type SmallIssuer, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(180_000);

const people = {
  sdl: `${LINK}
    type Query { me: Person }
    type Person { nick: String @tag(name: "public")  name: String @requiresScopes(scopes: [["name"]]) }`,
  root: { me: () => ({ nick: 'NICK', name: 'NAME' }) },
};
const PERSONAL = '{ me { name } }';
const PUBLIC = '{ me { nick } }';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** For which the gateway goes on without Redis. */
const STATE_MAX_AGE = 5 * MINUTE;
const NAMES = ['steady', 'away', 'skewed', 'late', 'stale'] as const;

let redis: RedisServer | undefined;
let federation: SmallFederation;
let gateway: Gateway;
let issuers: Record<(typeof NAMES)[number], KeyServer>;
/** The gateway's clock, ahead of the one on the wall by so many milliseconds. */
let ahead = 0;
const now = () => Date.now() + ahead;

beforeAll(async () => {
  redis = await startRedis('an issuer and Redis that are both away');
  const made = await Promise.all(NAMES.map((name) => keyServer(`https://${name}.example`)));
  issuers = Object.fromEntries(NAMES.map((name, n) => [name, made[n]])) as typeof issuers;
  for (const server of made) server.keys.set('current', await server.key('current'));
  await issuers.late.down();
  federation = await startSmallFederation({
    departments: { people },
    trusted: made.map(({ entry }) => entry.replace(/}$/, ', keysMaxStale: 1h }')),
    config: redis ? `state: { redis: "${redis.url}", maxAge: ${STATE_MAX_AGE / SECOND}s }` : '',
  });
  gateway = await startGateway(loadConfig(federation.configFile, {}).config, { log: pino({ level: 'silent' }), now });
});
afterAll(async () => {
  await gateway?.close();
  await federation?.close();
  await Promise.all(Object.values(issuers ?? {}).map((server) => server.close()));
  await redis?.close();
});

/** A token of 10 minutes, issued now by the gateway's clock. */
const tokenOf = (key: SmallIssuer, claims: JWTPayload = {}, kid = key.jwk.kid): Promise<string> => {
  const iat = Math.floor(now() / SECOND);
  return mint(key, { scope: 'name', iat, exp: iat + 600, ...claims }, { kid });
};
const current = (server: KeyServer): SmallIssuer => {
  const key = server.keys.get('current');
  if (!key) throw new Error('an issuer without a key');
  return key;
};

/** `served`, or why not: the reason of a refused token, or the code of another error. */
const verdict = async (token: string | undefined, query = PERSONAL, headers: Record<string, string> = {}) => {
  const asked = { query, headers, ...(token === undefined ? {} : { token }) };
  const answer = await federation.askAt(gateway.url, asked);
  const { code, reason } = answer.body.errors?.[0]?.extensions ?? {};
  if (answer.status !== 200) expect(answer.text).not.toMatch(/NAME|NICK/);
  if (code === 'ISSUER_UNAVAILABLE') {
    expect([answer.status, answer.headers['retry-after'], answer.headers['www-authenticate']]).toEqual([
      503,
      '5',
      undefined,
    ]);
  }
  return answer.status === 200 && code === undefined ? 'served' : String(reason ?? code);
};
const counted = async (verdicts: readonly Promise<string>[]): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const each of await Promise.all(verdicts)) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
};
/** Asks until the answer is the expected one; every other answer on the way has to be one of those known. */
const comes = async (ask: () => Promise<string>, expected: string, meanwhile: readonly string[]): Promise<void> => {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer === expected) return;
    expect(meanwhile).toContain(answer);
    if (Date.now() > deadline) throw new Error(`${expected} never came`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** Time passes by the gateway's clock, slowly enough for Redis to be heard of in between. */
const pass = async (milliseconds: number): Promise<void> => {
  for (let left = milliseconds; left > 0; left -= STATE_MAX_AGE - MINUTE) {
    ahead += Math.min(left, STATE_MAX_AGE - MINUTE);
    await comes(async () => verdict(await tokenOf(current(issuers.steady))), 'served', ['STATE_UNAVAILABLE']);
    // Two looks of the gateway at the list of revocations.
    await new Promise((resolve) => setTimeout(resolve, redis ? 600 : 0));
  }
};

/** As many tokens as there are unknown keys, signed by nobody whom the issuer knows. */
const flood = async (server: KeyServer, size: number): Promise<string[]> => {
  const forged = await server.key('forged');
  return Promise.all(Array.from({ length: size }, (_, n) => tokenOf(forged, {}, `unknown-${n}`)));
};
/** Every forger at once, and an honest caller between each 25 of them. */
const under = async (forged: readonly string[], honest: readonly string[]) => {
  const [bad, good] = await Promise.all([
    counted(forged.map((token) => verdict(token))),
    counted(forged.filter((_, n) => n % 25 === 0).map((_, n) => verdict(honest[n % honest.length]))),
  ]);
  return { bad, good };
};

describe('an issuer that is away for ten minutes', () => {
  test('loses no valid request and serves no invalid one, whatever else happens meanwhile', async () => {
    const { away } = issuers;
    const [old, next] = [current(away), await away.key('next')];
    away.keys.set('next', next);
    // Verified before, once and for all of its life.
    const remembered = await tokenOf(old, { exp: Math.floor(now() / SECOND) + 3_000 });
    expect(await verdict(remembered)).toBe('served');
    const expired = await tokenOf(old, { exp: Math.floor(now() / SECOND) + 30 });
    await away.down();

    const minute = async (keys: readonly SmallIssuer[], size: number) => {
      await pass(MINUTE);
      const honest = [remembered, ...(await Promise.all(keys.map((key) => tokenOf(key))))];
      const forged = await flood(away, size);
      const answers = await under(forged, honest);
      expect(answers).toEqual({ bad: { ISSUER_UNAVAILABLE: size }, good: { served: size / 25 } });
      expect(await verdict(await tokenOf({ ...old, privateKey: next.privateKey }))).toBe('signature');
      expect(await verdict(expired)).toBe('expired');
    };
    for (let n = 0; n < 4; n += 1) await minute([old], 50);
    // It signs with the key that it had announced before.
    await minute([old, next], 500);

    if (redis) {
      await redis.kill();
      ahead += STATE_MAX_AGE;
      const [valid, forged] = [await tokenOf(next), await flood(away, 50)];
      await comes(() => verdict(valid), 'STATE_UNAVAILABLE', ['served']);
      expect(await under(forged, [valid, remembered])).toEqual({
        bad: { ISSUER_UNAVAILABLE: 50 },
        good: { STATE_UNAVAILABLE: 2 },
      });
      for (const token of [valid, remembered, undefined]) expect(await verdict(token, PUBLIC)).toBe('served');
      await redis.start();
      await comes(() => verdict(valid), 'served', ['STATE_UNAVAILABLE']);
    }
    for (let n = 0; n < 2; n += 1) await minute([next], 50);

    // It comes back with a key that nobody had heard of, and without the one that it had.
    const surprise = await away.key('surprise');
    away.keys.delete('current');
    away.keys.set('surprise', surprise);
    const [unheard, announced, withdrawn] = [await tokenOf(surprise), await tokenOf(next), await tokenOf(old)];
    expect([await verdict(unheard), await verdict(withdrawn)]).toEqual(['ISSUER_UNAVAILABLE', 'served']);
    const before = away.fetches();
    await away.up();
    await pass(2 * SECOND);
    await comes(
      async () => {
        expect(await verdict(announced)).toBe('served');
        return verdict(unheard);
      },
      'served',
      ['ISSUER_UNAVAILABLE'],
    );
    for (const token of [withdrawn, remembered]) expect(await verdict(token)).toBe('signature');
    expect(await under(await flood(away, 500), [unheard, announced])).toEqual({
      bad: { signature: 500 },
      good: { served: 20 },
    });
    expect(away.fetches() - before).toBe(1);
  });

  test('is nobody’s business who holds tokens of another', async () => {
    const { steady, away } = issuers;
    await away.down();
    await pass(11 * SECOND);
    const forged = await flood(away, 500);
    const { good } = await under(forged, [await tokenOf(current(steady)), await tokenOf(current(steady))]);
    expect(good).toEqual({ served: 20 });
    await away.up();
  });
});

describe('clocks that differ, while the issuer is away and 500 unknown keys come at once', () => {
  beforeAll(async () => {
    expect(await verdict(await tokenOf(current(issuers.skewed)))).toBe('served');
    await issuers.skewed.down();
    await pass(11 * SECOND);
  });

  /** Seconds by which the clocks of issuer and caller are ahead of the gateway's. */
  test.each([
    { skew: 10, fresh: 'served', ending: 'served', proof: 'served' },
    { skew: -10, fresh: 'served', ending: 'served', proof: 'served' },
    // Beyond a minute by more than the test takes.
    { skew: 75, fresh: 'not_yet_valid', ending: 'served', proof: 'dpop_proof' },
    // A new token of a clock that is behind is merely older than it should be.
    { skew: -61, fresh: 'served', ending: 'expired', proof: 'dpop_proof' },
  ])('$skew s', async ({ skew, fresh, ending, proof }) => {
    const key = current(issuers.skewed);
    const prover = await proofKey();
    const forged = await flood(issuers.skewed, 500);
    const theirs = Math.floor(now() / SECOND) + skew;
    const [issued, ends, bound] = await Promise.all([
      tokenOf(key, { iat: theirs, nbf: theirs, exp: theirs + 600 }),
      // Half a minute before its end; the test itself may take a while.
      tokenOf(key, { iat: theirs - 570, exp: theirs + 30 }),
      tokenOf(key, { cnf: { jkt: prover.jkt } }),
    ]);
    const dpop = await prover.proof(gateway.url, bound, { iat: Math.floor(now() / SECOND) + skew });
    const [answers, ...told] = await Promise.all([
      counted(forged.map((token) => verdict(token))),
      verdict(issued),
      verdict(ends),
      verdict(undefined, PERSONAL, { authorization: `DPoP ${bound}`, dpop }),
    ]);
    expect(told).toEqual([fresh, ending, proof]);
    expect(answers).toEqual({ ISSUER_UNAVAILABLE: 500 });
  });

  test('a token that was taken is refused once it is over by the gateway’s clock, remembered or not', async () => {
    const token = await tokenOf(current(issuers.skewed));
    expect(await verdict(token)).toBe('served');
    await pass(10 * MINUTE + 11 * SECOND);
    expect(await verdict(token)).toBe('expired');
  });
});

describe('an issuer without keys', () => {
  test('down at the start: 503 for its own callers, nobody else, until it is there', async () => {
    const { late, steady } = issuers;
    const token = await tokenOf(current(late));
    expect(await verdict(token)).toBe('ISSUER_UNAVAILABLE');
    expect(await under(await flood(late, 500), [token])).toEqual({
      bad: { ISSUER_UNAVAILABLE: 500 },
      good: { ISSUER_UNAVAILABLE: 20 },
    });
    expect([await verdict(await tokenOf(current(steady))), await verdict(undefined, PUBLIC)]).toEqual([
      'served',
      'served',
    ]);
    await late.up();
    await pass(2 * SECOND);
    expect(await under(await flood(late, 500), [token])).toEqual({ bad: { signature: 500 }, good: { served: 20 } });
    expect(late.fetches()).toBe(1);
  });

  test('away for longer than keys may serve: 503 for known and unknown alike, and all is well once it is back', async () => {
    const { stale } = issuers;
    const long = { exp: Math.floor(now() / SECOND) + 3_600 };
    const remembered = await tokenOf(current(stale), long);
    expect(await verdict(remembered)).toBe('served');
    await stale.down();
    await pass(58 * MINUTE);
    for (const token of [remembered, await tokenOf(current(stale))]) expect(await verdict(token)).toBe('served');
    await pass(2 * MINUTE);
    const fresh = await tokenOf(current(stale));
    expect(await under(await flood(stale, 500), [remembered, fresh])).toEqual({
      bad: { ISSUER_UNAVAILABLE: 500 },
      good: { ISSUER_UNAVAILABLE: 20 },
    });
    await stale.up();
    await pass(2 * SECOND);
    expect(await under(await flood(stale, 500), [fresh])).toEqual({ bad: { signature: 500 }, good: { served: 20 } });
    expect(stale.fetches()).toBe(2);
  });
});
