import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type RedisServer, startRedis } from '@lienthong/state/testing';
import type { JWTPayload } from 'jose';

import { type Running, run } from '../kit/process.ts';
import { proofKey } from '../kit/proofs.ts';
import { LINK, mint, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(120_000);

const people = {
  sdl: `${LINK}
    type Query { me: Person }
    type Person { nick: String @tag(name: "public")  name: String @requiresScopes(scopes: [["name"]]) }`,
  root: { me: () => ({ nick: 'NICK', name: 'NAME' }) },
};
const PERSONAL = '{ me { name } }';
const PUBLIC = '{ me { nick } }';
/** Milliseconds: within one second is promised; machines under test are slower. */
const PATIENCE = 5_000;

let folder: string;
const started: { close(): Promise<unknown> }[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-revocation-'));
});
afterAll(async () => {
  for (const each of started.reverse()) await each.close();
  await rm(folder, { recursive: true, force: true });
});

const federate = async (config: string, env: NodeJS.ProcessEnv = {}): Promise<SmallFederation> => {
  const federation = await startSmallFederation({ departments: { people }, config, env });
  started.push(federation);
  return federation;
};
const revoke = (config: string, ...what: string[]) =>
  run(['gateway/cli/bin/lienthong.js', 'revoke', '--lang', 'en', '--config', config, ...what]);

/** What a process answers: `served`, the reason of a refused token, or the code of another error. */
const answerOf = async (federation: SmallFederation, url: string, token: string, query = PERSONAL) => {
  const { status, headers, body } = await federation.askAt(url, { query, token });
  const { code, reason } = body.errors?.[0]?.extensions ?? {};
  if (code === 'STATE_UNAVAILABLE') {
    expect([status, headers['retry-after'], JSON.stringify(body)]).toEqual([
      503,
      '2',
      expect.not.stringContaining('NAME'),
    ]);
  }
  return status === 200 && code === undefined ? 'served' : (reason ?? code);
};
/** Waits until every process answers so; returns the milliseconds that it took. */
const comes = async (
  federation: SmallFederation,
  urls: readonly string[],
  token: string,
  expected: string,
  patience = PATIENCE,
): Promise<number> => {
  const began = performance.now();
  for (const url of urls) {
    for (;;) {
      const answer = await answerOf(federation, url, token);
      if (answer === expected) break;
      if (performance.now() - began > patience) throw new Error(`still ${answer} and not ${expected}`);
      await wait(10);
    }
  }
  return performance.now() - began;
};
const seconds = () => Math.floor(Date.now() / 1_000);

/** Tokens by what a revocation of the client `app`, of the subject `officer` or of the token `parent` concerns. */
const tokensOf = async (federation: SmallFederation) => {
  const parent = { jti: 'parent', client_id: 'portal', sub: 'clerk', iat: seconds() - 5 };
  const made = (claims: JWTPayload) => federation.token('name', claims);
  return {
    parent: await made(parent),
    child: await made({ jti: 'child', client_id: 'narrow', sub: 'narrow', ancestors: [parent] }),
    grandchild: await made({ client_id: 'deep', sub: 'deep', ancestors: [{ ...parent, jti: 'child' }, parent] }),
    ofClient: await made({ client_id: 'app', sub: 'someone', iat: seconds() - 2 }),
    ofClientLater: await made({ client_id: 'app', sub: 'someone', iat: seconds() + 8 }),
    ofClientsChild: await made({
      client_id: 'x',
      sub: 'x',
      ancestors: [{ jti: 'y', client_id: 'app', sub: 'y', iat: 1 }],
    }),
    ofSubject: await made({ sub: 'officer', iat: seconds() - 5 }),
    ofSubjectsChild: await made({ ancestors: [{ jti: 'z', client_id: 'z', sub: 'officer', iat: 1 }] }),
    ofOtherIssuer: await mint(federation.issuers[1], { scope: 'name', jti: 'only-one-issuer' }),
    sameIdElsewhere: await made({ jti: 'only-one-issuer' }),
    other: await made({ client_id: 'application', sub: 'officers' }),
  };
};

describe('with Redis', () => {
  let redis: RedisServer | undefined;
  let federation: SmallFederation;
  let urls: readonly string[];
  let tokens: Awaited<ReturnType<typeof tokensOf>>;
  const copyOf = (name: string) => join(folder, `${name}.copy`);
  beforeAll(async () => {
    redis = await startRedis('revocation at several gateways, and what they do while Redis is away');
    if (!redis) return;
    started.push(redis);
    federation = await federate(`state: { redis: "${redis.url}", maxAge: 2s }`, {
      LIENTHONG_STATE_COPY: copyOf('one'),
    });
    urls = [federation.url, (await federation.another({ LIENTHONG_STATE_COPY: copyOf('two') })).url];
    tokens = await tokensOf(federation);
  }, 300_000);
  /** The body runs where there is a Redis; that it did not is told by `startRedis`. */
  const withRedis = (what: string, body: (redis: RedisServer) => Promise<void>) =>
    test(what, async () => {
      if (redis) await body(redis);
    });

  withRedis('what is revoked is refused by every process within a second, and nothing else is', async () => {
    for (const [name, token] of Object.entries(tokens)) {
      for (const url of urls) expect([name, await answerOf(federation, url, token)]).toEqual([name, 'served']);
    }
    const config = federation.configFile;
    const commands = [
      { options: ['--jti', 'parent'], concerns: ['parent', 'child', 'grandchild'] },
      {
        options: ['--client', 'app', '--issued-before', String(seconds() - 1)],
        concerns: ['ofClient', 'ofClientsChild'],
      },
      { options: ['--subject', 'officer'], concerns: ['ofSubject', 'ofSubjectsChild'] },
      {
        options: ['--jti', 'only-one-issuer', '--issuer', federation.issuers[1].issuer],
        concerns: ['ofOtherIssuer'],
      },
    ] as const;
    const took = await Promise.all(
      commands.map(async ({ options, concerns }) => {
        const { code, stderr } = await revoke(config, ...options);
        expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error|NOTHING/i)]);
        return Promise.all(concerns.map((name) => comes(federation, urls, tokens[name], 'revoked')));
      }),
    );
    process.stderr.write(
      `revocation: refused everywhere ${Math.ceil(Math.max(...took.flat()))} ms after the command\n`,
    );
    for (const name of ['ofClientLater', 'sameIdElsewhere', 'other'] as const) {
      for (const url of urls) expect([name, await answerOf(federation, url, tokens[name])]).toEqual([name, 'served']);
    }
    const refusal = await federation.ask({ query: PUBLIC, token: tokens.parent });
    expect([refusal.status, refusal.headers['www-authenticate']]).toEqual([
      401,
      `Bearer error="invalid_token", error_description="revoked", resource_metadata="${new URL(federation.url).origin}/.well-known/oauth-protected-resource/graphql"`,
    ]);
  });

  withRedis(
    'Redis away: personal data 503, public fields served, revoked stays revoked, and it all comes back',
    async (server) => {
      await server.kill();
      const { code, stdout, stderr } = await revoke(federation.configFile, '--jti', 'in-the-outage');
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('NOTHING is revoked');
      await comes(federation, urls, tokens.other, 'STATE_UNAVAILABLE', 20_000);
      for (const url of urls) {
        expect(await answerOf(federation, url, tokens.other, PUBLIC)).toBe('served');
        expect((await federation.askAt(url, { query: PUBLIC })).body).toEqual({ data: { me: { nick: 'NICK' } } });
        expect((await federation.askAt(url, { query: PERSONAL })).body.data).toEqual({ me: null });
        expect(await answerOf(federation, url, tokens.parent)).toBe('revoked');
      }
      federation.calls.length = 0;
      for (const url of urls) expect(await answerOf(federation, url, tokens.other)).toBe('STATE_UNAVAILABLE');
      expect(federation.calls).toEqual([]);

      // What was on its way in reaches whoever comes back late, and what Redis forgot is told to it again.
      await server.start({ empty: true });
      const late = await federation.token('name', { jti: 'right-after' });
      expect((await revoke(federation.configFile, '--jti', 'right-after')).code).toBe(0);
      await comes(federation, urls, tokens.other, 'served', 20_000);
      await comes(federation, urls, late, 'revoked');
      for (const url of urls) expect(await answerOf(federation, url, tokens.child)).toBe('revoked');
    },
  );

  withRedis('Redis frozen: every answer comes, and none is a guess', async (server) => {
    const key = await proofKey();
    const bound = await federation.token('name', { cnf: { jkt: key.jkt } });
    const proven = async () => {
      const headers = { authorization: `DPoP ${bound}`, dpop: await key.proof(federation.url, bound) };
      const { status, body } = await federation.ask({ query: PERSONAL, headers });
      return status === 200 ? 'served' : (body.errors?.[0]?.extensions.code ?? status);
    };
    expect(await proven()).toBe('served');
    server.freeze();
    const seen = new Set<unknown>();
    let slowest = 0;
    try {
      const ends = Date.now() + 4_500;
      while (Date.now() < ends) {
        const began = performance.now();
        const [personal, open, withProof] = await Promise.all([
          answerOf(federation, federation.url, tokens.other),
          answerOf(federation, federation.url, tokens.other, PUBLIC),
          proven(),
        ]);
        slowest = Math.max(slowest, performance.now() - began);
        expect(open).toBe('served');
        seen.add(personal).add(withProof);
      }
      expect([personal(seen), await proven()]).toEqual([['STATE_UNAVAILABLE', 'served'], 'STATE_UNAVAILABLE']);
    } finally {
      server.thaw();
    }
    process.stderr.write(`Redis frozen: the slowest answer took ${Math.ceil(slowest)} ms\n`);
    expect(slowest).toBeLessThan(PATIENCE);
    await comes(federation, urls, tokens.other, 'served', 20_000);
  });
  const personal = (seen: ReadonlySet<unknown>) => [...seen].sort();

  withRedis(
    'a gateway that starts while Redis is away knows what its copy knows, and without one it knows that it does not',
    async (server) => {
      await cp(copyOf('one'), copyOf('three'));
      await server.kill();
      const [copied, blank] = await Promise.all([
        federation.another({ LIENTHONG_STATE_COPY: copyOf('three'), LIENTHONG_STATE_MAX_AGE: '10m' }),
        federation.another({ LIENTHONG_STATE_COPY: copyOf('none'), LIENTHONG_STATE_MAX_AGE: '10m' }),
      ]);
      const told = (running: Running) =>
        Promise.all([
          answerOf(federation, running.url, tokens.parent),
          answerOf(federation, running.url, tokens.other),
          answerOf(federation, running.url, tokens.other, PUBLIC),
        ]);
      expect(await told(copied)).toEqual(['revoked', 'served', 'served']);
      expect(await told(blank)).toEqual(['STATE_UNAVAILABLE', 'STATE_UNAVAILABLE', 'served']);
      await server.start();
      await comes(federation, [copied.url, blank.url], tokens.other, 'served', 20_000);
      await comes(federation, [copied.url, blank.url], tokens.parent, 'revoked');
    },
  );
});

describe('with a file', () => {
  test('two processes of one machine refuse what was revoked; a file that went away is missed', async () => {
    const file = join(folder, 'state.json');
    const federation = await federate(`state: { file: "${file}", maxAge: 2s }`);
    const urls = [federation.url, (await federation.another()).url];
    const [token, other] = [await federation.token('name', { jti: 'filed' }), await federation.token('name')];
    for (const url of urls) expect(await answerOf(federation, url, token)).toBe('served');
    const { code, stdout } = await revoke(federation.configFile, '--jti', 'filed');
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'revoked token filed (https://idp.example)']);
    const took = await comes(federation, urls, token, 'revoked');
    process.stderr.write(`revocation by file: refused everywhere ${Math.ceil(took)} ms after the command\n`);
    await rm(file);
    await writeFile(file, 'no revocation\n');
    for (const url of urls) expect(await answerOf(federation, url, token)).toBe('revoked');
    expect(await answerOf(federation, federation.url, other)).toBe('served');
  });
});

describe('with neither', () => {
  const config = async (state: string) => {
    const file = join(folder, 'lonely.yaml');
    await writeFile(join(folder, 'supergraph.graphql'), '');
    await writeFile(join(folder, 'jwks.json'), '{"keys":[]}');
    const lines = [
      'environment: development',
      'supergraph: { file: ./supergraph.graphql }',
      'authentication: { issuers: [{ issuer: "https://idp.example", jwks: { file: ./jwks.json } }] }',
    ];
    await writeFile(file, [...lines, state].join('\n'));
    return file;
  };

  test('the command says so and exits with 1', async () => {
    const file = await config('');
    const { code, stdout, stderr } = await revoke(file, '--jti', 'j');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('no gateway process would learn of it');
    expect(stderr).not.toContain('    at ');
  });

  test('a file that cannot be written is a failure, told without a stack', async () => {
    const file = await config(`state: { file: "${join(folder, 'no', 'such', 'folder.json')}" }`);
    const { code, stdout, stderr } = await revoke(file, '--jti', 'j');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('NOTHING is revoked');
    expect(stderr).not.toContain('    at ');
  });
});
