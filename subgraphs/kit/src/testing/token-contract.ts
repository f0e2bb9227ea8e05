import { describe, expect, test } from '@jest/globals';
import { type Askable, post } from './ask.ts';
import { type TestGateway, type TokenFlaws, testGateway } from './gateway.ts';

const BODY = JSON.stringify({ query: '{ __typename }' });

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const seconds = () => Math.floor(Date.now() / 1000);

/** Tokens that are wrong in one way each, and the reason each must be refused for. */
const flawed: readonly (readonly [string, string, () => TokenFlaws])[] = [
  ['of the type an access token has', 'type', () => ({ header: { typ: 'at+jwt' } })],
  ['of no type', 'type', () => ({ header: { typ: undefined } })],
  ['under a key the gateway does not have', 'key', () => ({ header: { kid: 'another' } })],
  ['for another department', 'audience', () => ({ claims: { aud: 'urn:subgraph:another' } })],
  ['for the gateway, as a client’s own token is', 'audience', () => ({ claims: { aud: 'urn:gateway' } })],
  ['from another issuer', 'issuer', () => ({ claims: { iss: 'https://issuer.test' } })],
  ['that has expired', 'expired', () => ({ claims: { iat: seconds() - 60, exp: seconds() - 30 } })],
  ['from the future', 'not_yet_valid', () => ({ claims: { iat: seconds() + 60, exp: seconds() + 90 } })],
  ['that lives too long', 'lifetime', () => ({ claims: { exp: seconds() + 3600 } })],
  ['without an end', 'claims', () => ({ claims: { exp: undefined } })],
  ['without an id', 'claims', () => ({ claims: { jti: undefined } })],
  ['without a request id', 'claims', () => ({ claims: { req: undefined } })],
  ['without a body hash', 'claims', () => ({ claims: { bh: undefined } })],
];

/** Both a token that anybody can write and one that anybody can sign: RFC 8725 §2.1. */
const unsigned = (department: string) => {
  const claims = {
    aud: `urn:subgraph:${department}`,
    iat: seconds(),
    exp: seconds() + 30,
    jti: 'a',
    req: 'b',
    bh: 'c',
  };
  return `${base64url({ alg: 'none', typ: 'gw-internal+jwt' })}.${base64url(claims)}.`;
};

/** Who may not ask a department: the part of the contract that keeps everybody but the gateway out. */
export const tokenContract = (running: () => Askable): void => {
  const expectRefusal = async (authorization: string | undefined, reason: string, body = BODY) => {
    const answer = await post(running().url, body, authorization);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED', reason } }],
    });
  };
  const sign = (flaws: TokenFlaws = {}, gateway: TestGateway = running().gateway) =>
    gateway.token(running().name, BODY, { scopes: ['citizens:basic:read'] }, flaws);

  test('a request without a token', () => expectRefusal(undefined, 'missing'));
  test('a header that holds no token', () => expectRefusal('Basic YTpi', 'malformed'));
  test('a token that is none', () => expectRefusal('Bearer not.a.token', 'malformed'));
  test('a token that is not signed', () => expectRefusal(`Bearer ${unsigned(running().name)}`, 'algorithm'));

  describe('a token', () => {
    test.each(flawed)('%s', async (_title, reason, flaws) => expectRefusal(`Bearer ${await sign(flaws())}`, reason));

    test('signed by somebody else under the gateway’s key id', async () => {
      const kid = running().gateway.jwks.keys[0]?.kid;
      await expectRefusal(`Bearer ${await sign({ header: { kid: String(kid) } }, testGateway())}`, 'signature');
    });

    test('of another body', async () => {
      await expectRefusal(`Bearer ${await sign()}`, 'body', JSON.stringify({ query: '{ __typename __typename }' }));
    });

    test('a second time', async () => {
      const authorization = `Bearer ${await sign()}`;
      const first = await post(running().url, BODY, authorization);
      expect(first.status).toBe(200);
      expect(first.body).toEqual({ data: { __typename: 'Query' } });
      await expectRefusal(authorization, 'replayed');
    });
  });
};
