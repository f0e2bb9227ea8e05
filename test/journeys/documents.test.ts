import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Browser, pick } from '@lienthong/issuer/testing';
import { developmentRegistry } from '@lienthong/registry';

import { type Federation, startFederation } from '../kit/federation.ts';
import { repository, run } from '../kit/process.ts';

jest.setTimeout(120_000);

let federation: Federation;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  federation = await startFederation({
    config: () => 'authorization: { unguarded: refuse, discloseRequirements: true }',
    issuer: { ISSUER_REGISTRY: await admitPartner(), ISSUER_DEVELOPMENT_UPSTREAM_PORT: '0' },
  });
});
afterAll(async () => {
  await federation?.close();
  await rm(folder, { recursive: true });
});

/** The demo partners, and one with a key of its own, made and written down as the documents say. */
const admitPartner = async (): Promise<string> => {
  const made = await run(['gateway/cli/bin/lienthong.js', 'partner', 'keygen', '--out', join(folder, 'partner.key')]);
  const partner = {
    name: { vi: 'Ngân hàng', en: 'Bank' },
    org: 'ngan-hang',
    contact: { name: 'Ban Tích hợp', email: 'tich-hop@ngan-hang.example' },
    expires: 'never',
    authentication: { method: 'private_key_jwt', keys: JSON.parse(made.stdout).keys },
    bound: 'dpop',
    purposes: [{ purpose: 'KYC', legalBasis: 'CONSENT', scopes: ['citizens:match:verify'] }],
  };
  const registry = join(folder, 'registry.yaml');
  await writeFile(registry, `${readFileSync(developmentRegistry, 'utf8')}\n  ngan-hang: ${JSON.stringify(partner)}\n`);
  return registry;
};

/** The body that a document's curl command sends, and the answer that stands below it. */
const firstQuery = (file: string): { body: string; answer: unknown } => {
  const text = readFileSync(join(repository, file), 'utf8');
  const [, body = '', answer = ''] = /-d '(\{"query".+\})'\n```[\s\S]*?```json\n([\s\S]+?)\n```/.exec(text) ?? [];
  return { body, answer: JSON.parse(answer) };
};

describe('what documents show is what happens', () => {
  test.each([
    { file: 'README.md', language: 'en', client: 'mot-cua', purpose: 'TTHC' },
    { file: 'README.vi.md', language: 'vi', client: 'mot-cua', purpose: 'TTHC' },
    { file: 'docs/quickstart-agency.md', language: 'en', client: 'so-y-te', purpose: 'EMERGENCY' },
  ])('$file: the first query and its answer', async ({ file, language, client, purpose }) => {
    const { body, answer } = firstQuery(file);
    const received = await federation.post(body, {
      'content-type': 'application/json',
      'accept-language': language,
      authorization: `Bearer ${await federation.token(client, { purpose })}`,
    });
    expect(received.body).toEqual(answer);
  });

  test.each([
    {
      example: 'agency',
      ends: 'citizen.ethnicity: UNAUTHORIZED_FIELD_OR_TYPE The access token does not permit this field. (Citizen.ethnicity)\n',
    },
    {
      example: 'partner',
      ends: 'right name:   true\nother accent: false\nyear only:    false\n11 digits:    BAD_USER_INPUT personal_number_length x-request-id ID\n',
    },
    { example: 'partner-key', ends: 'right name:   true\nother accent: false\nbound to key: true\n' },
  ])('docs/examples/$example.mjs runs and says what its page shows', async ({ example, ends }) => {
    const env = {
      GATEWAY_URL: federation.url,
      ISSUER_URL: federation.issuer.url,
      KEY_FILE: join(folder, 'partner.key'),
    };
    const ended = await run([`docs/examples/${example}.mjs`], env);
    const said = ended.stdout.replace(/x-request-id [\da-f-]{36}/, 'x-request-id ID');
    expect({ code: ended.code, end: said.slice(-ends.length) }).toEqual({ code: 0, end: ends });
  });

  test('docs/examples/verify-answer.ts takes what the gateway signed, and nothing else', async () => {
    const command = ['--import', 'tsx', 'docs/examples/verify-answer.ts'];
    const { code, stdout } = await run(command, { GATEWAY_URL: federation.url });
    expect([code, stdout]).toEqual([0, 'as it came:      true\none byte more:   false\n']);
    expect(readFileSync(join(repository, 'docs/signed-answers.md'), 'utf8')).toContain(stdout);
  });

  test('docs/examples/partner-curl.sh gets a bound token by curl and asks with it', async () => {
    const { stdout } = await promisify(execFile)('sh', ['docs/examples/partner-curl.sh'], {
      cwd: repository,
      env: {
        PATH: process.env.PATH,
        GATEWAY_URL: federation.url,
        ISSUER_URL: federation.issuer.url,
        KEY_FILE: join(folder, 'partner.key'),
      },
    });
    expect(stdout).toBe('{"data":{"matchCitizen":true}}\n');
  });

  test.each([
    {
      client: 'cong-dan',
      person: 'cd-1',
      said: "org: 'H48',\n  purpose: 'AUDIT',\n  scope: 'audit:self:read',\n  citizen: true",
    },
    { client: 'mot-cua', person: 'cb-mot-cua-01', said: "sub: 'cb-mot-cua-01',\n  org: 'H48.53',\n  purpose: 'TTHC'" },
  ])('docs/examples/login.mjs logs $person in for $client', async ({ client, person, said }) => {
    const child = spawn(process.execPath, ['docs/examples/login.mjs'], {
      cwd: repository,
      env: { PATH: process.env.PATH, ISSUER_URL: federation.issuer.url, CLIENT_ID: client },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const ended = once(child, 'exit');
    while (!/^http\S+$/m.test(output) && child.exitCode === null)
      await Promise.race([once(child.stdout, 'data'), ended]);
    try {
      const browser = new Browser();
      const page = await browser.open(/^http\S+$/m.exec(output)?.[0] ?? output, 'never');
      if ('redirected' in page) throw new Error('redirected');
      expect(await browser.submit(pick(page, person), 'never')).toMatchObject({ html: 'Đã đăng nhập · Logged in' });
      await ended;
    } finally {
      child.kill();
    }
    expect(output).toContain("type: 'dpop'");
    expect(output).toContain(said);
  });
});
