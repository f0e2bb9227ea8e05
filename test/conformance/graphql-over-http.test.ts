import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';

import { repository } from '../kit/process.ts';
import { type AuditedGateway, auditedGateway } from './gateway.ts';

/** What the gateway asks of every client: a header that a foreign page cannot send without asking first (CSRF). */
const PREFLIGHT = { 'apollo-require-preflight': 'true' };

let gateway: AuditedGateway;

beforeAll(async () => {
  gateway = await auditedGateway(await readFile(`${repository}/schema/supergraph.graphql`, 'utf8'));
}, 60_000);

afterAll(() => gateway?.close());

const audits = serverAudits({
  url: () => gateway.url,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(PREFLIGHT)) headers.set(name, value);
    return fetch(url, { ...init, headers });
  },
});

describe('GraphQL over HTTP, as audited by graphql-http', () => {
  test('the audit still has the cases that docs/conformance.md counts', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn();
    expect({ status: result.status, reason: 'reason' in result ? result.reason : undefined }).toEqual({ status: 'ok' });
  });
});
