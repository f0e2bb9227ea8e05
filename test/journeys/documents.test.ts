import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { type Federation, startFederation } from '../kit/federation.ts';
import { repository, run } from '../kit/process.ts';

jest.setTimeout(120_000);

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation({
    config: () => 'authorization: { unguarded: refuse, discloseRequirements: true }',
  });
});
afterAll(() => federation?.close());

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
  ])('docs/examples/$example.mjs runs and says what its page shows', async ({ example, ends }) => {
    const env = { GATEWAY_URL: federation.url, ISSUER_URL: federation.issuer.url };
    const ended = await run([`docs/examples/${example}.mjs`], env);
    const said = ended.stdout.replace(/x-request-id [\da-f-]{36}/, 'x-request-id ID');
    expect({ code: ended.code, end: said.slice(-ends.length) }).toEqual({ code: 0, end: ends });
  });
});
