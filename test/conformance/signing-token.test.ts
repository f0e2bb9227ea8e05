import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { JWK } from 'jose';
import { request } from 'undici';

import { logged } from '../kit/process.ts';
import { fault } from '../kit/signed-answer.ts';
import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(60_000);

const LIBRARY = '/usr/lib/softhsm/libsofthsm2.so';
const tool = promisify(execFile);

/** SoftHSM is a package of the system, `pkcs11js` one that operators install: most machines have neither. */
const withoutPackage = await import(String('pkcs11js')).then(
  () => false,
  () => true,
);
const missing = withoutPackage ? 'the package pkcs11js' : existsSync(LIBRARY) ? undefined : 'SoftHSM';
if (missing !== undefined) process.stderr.write(`NOT RUN: keys on a token need ${missing}\n`);

(withoutPackage ? test : test.skip)(
  'without the package that speaks to tokens the start says what to install',
  async () => {
    const config = 'signing: { token: { library: ./gateway-key.pem, label: a, key: b, pin: c } }';
    const departments = { people: { sdl: `${LINK} type Query { nick: String @tag(name: "public") }` } };
    await expect(startSmallFederation({ departments, config })).rejects.toThrow('npm install --no-save pkcs11js@2');
  },
);

(missing === undefined ? describe : describe.skip)('a key on a token', () => {
  const pem = (key: KeyObject, type: 'spki' | 'pkcs8') => String(key.export({ type, format: 'pem' } as never));
  const [first, second, stranger] = [1, 2, 3].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  let folder: string;
  let federation: SmallFederation;
  let env: NodeJS.ProcessEnv;
  let keyFile: string;

  const importKey = async (key: KeyObject | undefined, id: string) => {
    if (!key) throw new TypeError(id);
    const file = join(folder, `${id}.pem`);
    await writeFile(file, pem(key, 'pkcs8'), { mode: 0o600 });
    const names = ['--token', 'province', '--label', 'answers', '--id', id, '--pin', '5678'];
    await tool('softhsm2-util', ['--import', file, ...names], { env });
    await rm(file);
  };
  /** Only the public half is in a file. */
  const place = async (key: KeyObject | undefined) => {
    if (!key) throw new TypeError('key');
    await writeFile(`${keyFile}.new`, pem(key, 'spki'));
    await rename(`${keyFile}.new`, keyFile);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lienthong-token-'));
    await mkdir(join(folder, 'tokens'));
    const conf = join(folder, 'softhsm2.conf');
    await writeFile(conf, `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\n`);
    env = { ...process.env, SOFTHSM2_CONF: conf };
    const named = ['--init-token', '--free', '--label', 'province', '--so-pin', '1234', '--pin', '5678'];
    await tool('softhsm2-util', named, { env });
    await importKey(stranger?.privateKey, '00');
    await importKey(first?.privateKey, '01');
    await importKey(second?.privateKey, '02');
    keyFile = join(folder, 'public.pem');
    await place(first?.publicKey);
    federation = await startSmallFederation({
      departments: {
        people: { sdl: `${LINK} type Query { nick: String @tag(name: "public") }`, root: { nick: () => 'N' } },
      },
      config: `signing: { keyFile: "${keyFile}", token: { library: "${LIBRARY}", label: province, key: answers, pin: "\${TOKEN_PIN}" } }`,
      env: { SOFTHSM2_CONF: conf, TOKEN_PIN: '5678' },
    });
  });
  afterAll(async () => {
    await federation?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const body = '{"query":"{ nick }"}';
  const ask = async () => {
    const answer = await request(federation.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const content = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers as Record<string, string>, content };
  };
  const keys = async () =>
    ((await (await request(new URL('/.well-known/jwks.json', federation.url))).body.json()) as { keys: JWK[] }).keys;

  test('signs, many answers at a time, with the key that belongs to the file', async () => {
    const published = await keys();
    const jwk = createPublicKey(await readFile(keyFile, 'utf8')).export({ format: 'jwk' });
    expect(published).toContainEqual(expect.objectContaining({ x: jwk.x, y: jwk.y }));
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    for (const answer of answers) expect(await fault(answer, published, body)).toBeUndefined();
    expect(new Set(answers.map(({ headers }) => headers.signature)).size).toBe(40);
  });

  test('changes with the file', async () => {
    await place(second?.publicKey);
    await logged(federation.gateway, 'another key signs');
    expect(await fault(await ask(), await keys(), body)).toBeUndefined();
  });

  test('that the token does not hold is refused, and the old one goes on signing', async () => {
    const published = await keys();
    await place(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
    await logged(federation.gateway, 'signing key refused');
    expect(await fault(await ask(), published, body)).toBeUndefined();
    await place(second?.publicKey);
  });

  test('that is gone signs nothing, and nothing leaves unsigned but this', async () => {
    const away = `${join(folder, 'tokens')}.away`;
    await rename(join(folder, 'tokens'), away);
    try {
      const { status, headers, content } = await ask();
      expect([status, JSON.parse(String(content)).errors[0].extensions.code]).toEqual([503, 'SIGNING_UNAVAILABLE']);
      expect(headers).not.toHaveProperty('signature');
      expect(headers['retry-after']).toBe('2');
    } finally {
      await rename(away, join(folder, 'tokens'));
    }
    await logged(federation.gateway, 'the token does not sign');
    expect(await fault(await ask(), await keys(), body)).toBeUndefined();
  });

  test.each([
    ['another PIN', { TOKEN_PIN: '0000' }, /CKR_PIN_INCORRECT/],
    ['another token', { LIENTHONG_SIGNING_TOKEN_LABEL: 'other' }, /there is no token «other»/],
    ['another key', { LIENTHONG_SIGNING_TOKEN_KEY: 'other' }, /of 0 keys «other» none belongs to the public key/],
    [
      'another library',
      { LIENTHONG_SIGNING_TOKEN_LIBRARY: join(dirname(LIBRARY), '../../../bin/true') },
      /CKR_|dlopen|Cannot|cannot/,
    ],
  ])('%s: the gateway does not start, and says why, without the PIN', async (_what, changed, reason) => {
    const failure: unknown = await federation.another(changed).catch((error: unknown) => error);
    const { message } = failure as Error;
    expect(message).toMatch(reason);
    expect(message).not.toContain('5678');
  });
});
