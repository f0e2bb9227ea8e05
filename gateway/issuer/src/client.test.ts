import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { developmentRegistry } from '@lienthong/registry';
import { decodeJwt } from 'jose';
import { requestToken, type TokenQuestion } from './client.ts';
import { testIssuers } from './testing/issuers.ts';

const issuers = testIssuers();
let issuer: string;

beforeAll(async () => {
  ({ url: issuer } = await issuers.start());
});
afterAll(() => issuers.stop());

const ask = (question: Partial<TokenQuestion>) =>
  requestToken({ issuer, registryFile: developmentRegistry, client: 'mot-cua', ...question });

describe('requestToken', () => {
  test('gets what is asked for', async () => {
    const scope = 'citizens:basic:read land:parcel:read';
    const answer = await ask({ purpose: 'LANDTX', scope, caseId: 'H48.53-251001-0001' });
    if (!answer.ok) throw new Error(answer.code);
    expect(decodeJwt(answer.token)).toMatchObject({ purpose: 'LANDTX', scope, case_id: 'H48.53-251001-0001' });
    expect([answer.expiresIn, answer.scope]).toEqual([600, scope]);
  });

  test('logs a citizen in', async () => {
    const answer = await ask({ client: 'cong-dan', citizen: '051085000001' });
    if (!answer.ok) throw new Error(answer.code);
    expect(decodeJwt(answer.token).citizen).toMatch(/^k1\./);
  });

  test.each<[string, Partial<TokenQuestion>, string, RegExp]>([
    ['a client that is not registered', { client: 'khong-co' }, 'unknown_client', /there are: mot-cua, so-y-te/],
    ['a scope', { scope: 'citizens:identity:read' }, 'invalid_scope', /TTHC; it has: citizens:basic:read /],
    ['a scope of another purpose', { purpose: 'ENROL', scope: 'land:owner:read' }, 'invalid_scope', /ENROL; it has:/],
    ['a purpose', { purpose: 'KYC' }, 'invalid_request', /registered purposes of mot-cua: TTHC, ENROL, LANDTX/],
    ['the portal without a citizen', { client: 'cong-dan' }, 'login_required', /add --citizen/],
    ['an agency with a citizen', { citizen: '051085000001' }, 'login_not_allowed', /--client cong-dan/],
    ['a bad personal number', { client: 'cong-dan', citizen: '0510850000019' }, 'invalid_request', /12 digits/],
    ['no registry', { registryFile: '/khong/co.yaml' }, 'registry_invalid', /path of the partner registry/],
    ['a registry that the issuer does not run with', { registryFile: 'other.yaml' }, 'invalid_client', /same registry/],
    ['a client that holds its own key', { registryFile: 'keyed.yaml' }, 'key_required', /partner-client/],
    ['no issuer', { issuer: 'http://127.0.0.1:1' }, 'issuer_unreachable', /npm start/],
  ])('refused for %s, says what to do', async (_case, question, code, help) => {
    const rewrite = rewritten[question.registryFile ?? ''];
    const changed = rewrite ? { registryFile: await registryWith(rewrite) } : {};
    const answer = await ask({ ...question, ...changed });
    if (answer.ok) throw new Error('a token was issued');
    expect([answer.code, answer.messages.en]).toEqual([code, expect.stringMatching(help)]);
    expect(answer.messages.vi).not.toBe(answer.messages.en);
    expect(JSON.stringify(answer)).not.toContain('05108500000');
  });

  test.each(['null', '"x"', '{}', '[]'])('an answer %s is no token', async (body) => {
    const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await ask({ issuer: `http://127.0.0.1:${port}` });
    server.closeAllConnections();
    server.close();
    expect(answer).toMatchObject({ ok: false, code: 'unexpected_answer' });
  });
});

const rewritten: Record<string, (text: string) => string> = {
  'other.yaml': (text) => text.replace('demo-mot-cua-khong-dung-that', 'demo-mot-cua-da-doi'),
  'keyed.yaml': (text) =>
    text.replace(
      /\{ method: .*demo-mot-cua.* \}/,
      '{ method: tls_client_auth, match: { attribute: san_dns, value: mot-cua.example } }',
    ),
};

async function registryWith(rewrite: (text: string) => string): Promise<string> {
  const { readFile, writeFile } = await import('node:fs/promises');
  const file = `${issuers.folder}/other.yaml`;
  await writeFile(file, rewrite(await readFile(developmentRegistry, 'utf8')));
  return file;
}
