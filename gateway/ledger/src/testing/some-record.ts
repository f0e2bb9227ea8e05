import type { NewRecord } from '../writer/index.ts';

/** A record as the gateway hands it in; about nobody unless told. */
export const someRecord = (change: Partial<NewRecord> = {}): NewRecord => ({
  kind: 'ANSWER',
  issuer: 'https://idp.example',
  partner: 'mot-cua',
  agency: 'H48.53',
  purpose: 'TTHC',
  legalBasis: 'MANDATORY_SHARE',
  request: 'request-1',
  officer: 'officer-17',
  case: 'H48.53-261123-0001',
  operation: { type: 'query', hash: '0'.repeat(64) },
  disclosed: ['Citizen.fullName'],
  denied: [],
  departments: [{ name: 'citizens', status: 'ok' }],
  status: 200,
  requestDigest: `sha-256=:${'a'.repeat(43)}=:`,
  answerDigest: `sha-256=:${'b'.repeat(43)}=:`,
  entries: [],
  ...change,
});

/** The 32 bytes of the tests. */
export const SUBJECT_KEY = Buffer.alloc(32, 7);

/** Says nothing. */
export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
