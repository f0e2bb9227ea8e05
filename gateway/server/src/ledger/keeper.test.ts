import { describe, expect, test } from '@jest/globals';
import { type AppendOptions, LedgerRefusal, LedgerUnavailable, type NewRecord } from '@lienthong/ledger';
import { pino } from 'pino';

import type { Answer, Outcome, ReceivedRequest, RequestContext } from '../context.ts';
import { anonymous, type Principal } from '../policy/principal.ts';
import { digestsOf } from '../signing/digest.ts';
import { Metrics } from '../telemetry/metrics.ts';
import type { Disclosed } from './disclosed.ts';
import type { RecordDraft } from './draft.ts';
import { RecordKeeper } from './keeper.ts';

const OFFICER: Principal = {
  ...{ kind: 'authenticated', issuer: 'https://idp.example', subject: 'officer', clientId: 'mot-cua', jti: '1' },
  ...{ expiresAt: 0, scopes: new Set<string>(), claims: {} },
};
const request: ReceivedRequest = {
  ...{ method: 'POST', path: '/graphql', search: '', headers: {}, rawHeaders: [], body: Buffer.from('{}') },
  peer: { address: '127.0.0.1', certificate: undefined },
};
const answered: Answer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"data":{"name":"An"}}',
};
const nothing: Disclosed = { entries: new Map(), passed: new Map(), coordinates: [] };
const shown: Disclosed = {
  ...nothing,
  entries: new Map([['k1.an', ['Citizen.name']]]),
  coordinates: ['Citizen.name'],
};
const passed: Disclosed = {
  ...nothing,
  passed: new Map([['k1.an', [{ coordinate: 'Citizen.birthDate', department: 'health' }]]]),
};

/** Whom the arguments of every request here name. */
const naming = { named: [{ coordinate: 'Query.citizen', ids: ['k1.binh'] }] };
const ofNamed = { disclosed: ['Query.citizen'], entries: [{ citizen: 'k1.binh', coordinates: ['Query.citizen'] }] };

interface Appended extends AppendOptions {
  readonly record: NewRecord;
}

/** @param refuse what the ledger says to a record, if it does not keep it */
const keeping = (refuse: (record: NewRecord) => Error | undefined = () => undefined, deferred?: true) => {
  const appended: Appended[] = [];
  const ledger = {
    async append(record: NewRecord, options: AppendOptions = {}) {
      const error = refuse(record);
      if (error) throw error;
      appended.push({ record, ...options });
      return { id: `record ${appended.length}`, nonce: `nonce ${appended.length}`, ...(deferred && { deferred }) };
    },
  };
  const log = pino({ level: 'silent' });
  const keeper = new RecordKeeper({ ledger, log, metrics: new Metrics({ process: false }) });
  const keep = (disclosed: Disclosed | undefined, principal: Principal = OFFICER, intent?: string, asked?: string) => {
    const record = { ...keeper.draft(), naming, ...(intent === undefined ? {} : { intent }) };
    if (asked !== undefined) record.departments.set(asked, 'answered');
    const outcome: Outcome = { codes: new Set(), denied: 0, record, ...(disclosed && { disclosed }) };
    const digests = digestsOf(request, answered);
    const context = { requestId: 'request', language: 'en' as const };
    return keeper.keep(answered, { request, context, principal, outcome, digests });
  };
  return { appended, keep, keeper };
};

/** Everything that a token may say of its bearer, each another text. */
const TOLD: Principal = {
  ...OFFICER,
  ...{ org: 'H48.53', purpose: 'TTHC', legalBasis: 'MANDATORY_SHARE', caseId: 'vụ 1' },
};
const who = {
  ...{ issuer: 'https://idp.example', partner: 'mot-cua', agency: 'H48.53', purpose: 'TTHC' },
  ...{ legalBasis: 'MANDATORY_SHARE', officer: 'officer', case: 'vụ 1', request: 'request' },
};

describe('a record says', () => {
  const { keeper, appended } = keeping();
  const digests = digestsOf(request, answered);
  const kept = async (principal: Principal, change: Partial<Outcome>, answer: Answer = answered) => {
    appended.length = 0;
    const outcome: Outcome = { codes: new Set(), denied: 0, record: keeper.draft(), ...change };
    await keeper.keep(answer, {
      ...{ request, principal, outcome, digests },
      context: { requestId: 'request', language: 'en' },
    });
    return appended[0];
  };

  test('who asked, by which operation, of whom, what was denied, whom the gateway asked and how it ended', async () => {
    const record = keeper.draft();
    record.denied = new Set(['Citizen.religion', 'Citizen.ethnicity']);
    record.departments.set('health', 'timeout').set('citizens', 'answered');
    record.document = 'Tra tên';
    const disclosed = { ...shown, passed: passed.passed };
    expect(await kept(TOLD, { record, disclosed, operation: 'query', operationHash: 'hash' })).toEqual({
      ...{ personal: true, lasting: false },
      record: {
        ...{ ...who, kind: 'ANSWER', intent: undefined, status: 200, disclosed: ['Citizen.name'] },
        operation: { type: 'query', hash: 'hash', name: 'Tra tên' },
        denied: ['Citizen.ethnicity', 'Citizen.religion'],
        departments: [
          { name: 'citizens', status: 'answered' },
          { name: 'health', status: 'timeout' },
        ],
        requestDigest: digests.request,
        answerDigest: digests.answer,
        entries: [{ citizen: 'k1.an', coordinates: ['Citizen.name'], passed: [['Citizen.birthDate', 'health']] }],
      },
    });
  });

  test('that a mutation was one, and with which status it was refused', async () => {
    const refused = { ...answered, status: 403 };
    const of = { operation: 'mutation', operationHash: 'hash' };
    expect((await kept(TOLD, of, refused))?.record).toMatchObject({ status: 403, operation: { type: 'mutation' } });
  });

  test('no officer, where a client acts for itself', async () => {
    const itself = { ...TOLD, subject: 'mot-cua' };
    expect((await kept(itself, { disclosed: shown }))?.record).toMatchObject({
      partner: 'mot-cua',
      officer: undefined,
    });
  });
});

describe('before a write runs', () => {
  const context = (record: RecordDraft): RequestContext => ({
    ...{ requestId: 'request', language: 'en', principal: TOLD, deadline: 0 },
    outcome: { codes: new Set(), denied: 0, operation: 'mutation', operationHash: 'hash', record },
  });

  test('it is kept who is about to change what of whom; its OUTCOME will name that', async () => {
    const { keeper, appended } = keeping();
    const record = keeper.draft();
    await keeper.intent(context(record), naming.named);
    expect(record.intent).toBe('record 1');
    expect(appended).toEqual([
      {
        record: expect.objectContaining({
          ...{ ...who, kind: 'INTENT', disclosed: [], denied: [], departments: [], entries: ofNamed.entries },
          ...{ operation: { type: 'mutation', hash: 'hash' }, status: undefined, intent: undefined },
        }),
      },
    ]);
  });

  test('where that cannot be kept it does not run, and may be sent again', async () => {
    const { keeper } = keeping(() => new LedgerUnavailable('away'));
    const record = keeper.draft();
    await expect(keeper.intent(context(record), naming.named)).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
      ...{ data: {}, headers: { 'retry-after': '2' } },
    });
    expect(record.intent).toBeUndefined();
  });
});

describe('what cannot be kept does not leave', () => {
  const away = () => new LedgerUnavailable('away');

  test('where guarded fields were answered, though of nobody', async () => {
    const { keep } = keeping(away);
    const refused = await keep({ ...nothing, coordinates: ['Query.citizen'] });
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
  });

  test('where a write has run, though it answers nothing of anybody: it is not to be sent again', async () => {
    const refused = await keeping(away).keep(nothing, OFFICER, 'intent');
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, undefined]);
    expect(String(refused.body)).toContain('"executed":true');
  });
});

describe('a record that cannot be one', () => {
  const refuse = ({ entries }: NewRecord) =>
    entries.some(({ citizen }) => citizen === 'k1.an')
      ? new LedgerRefusal('LEDGER_RECORD_REFUSED', 'too many people')
      : undefined;

  test('its answer is withheld, and that it was asked for is kept', async () => {
    const { keep, appended } = keeping(refuse);
    const answer = await keep(shown);
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('An');
    expect(answer.headers).toMatchObject({ 'lienthong-record': 'record 1', 'lienthong-record-nonce': 'nonce 1' });
    expect(appended).toEqual([
      expect.objectContaining({
        lasting: false,
        record: expect.objectContaining({
          ...{ kind: 'ANSWER', status: 500, ...ofNamed, request: 'request' },
          answerDigest: digestsOf(request, answer).answer,
        }),
      }),
    ]);
  });

  test('of a write it is told that it has run, and its INTENT has an end', async () => {
    const { keep, appended } = keeping(refuse);
    const answer = await keep(shown, OFFICER, 'intent');
    expect(String(answer.body)).toContain('"executed":true');
    expect(appended).toEqual([
      expect.objectContaining({
        lasting: true,
        record: expect.objectContaining({ kind: 'OUTCOME', intent: 'intent' }),
      }),
    ]);
  });

  test('where not even that can be kept, nothing leaves', async () => {
    const answer = await keeping(() => new LedgerRefusal('LEDGER_RECORD_REFUSED', 'no')).keep(shown);
    expect([answer.status, Object.keys(answer.headers).filter((name) => /record/.test(name))]).toEqual([500, []]);
  });
});

describe('an operation that failed before it was known what it disclosed', () => {
  test.each([
    ['once a department was asked', undefined, 'citizens', ofNamed],
    ['once its INTENT stands', 'intent', undefined, ofNamed],
    ['and not where nobody was asked', undefined, undefined, { disclosed: [], entries: [] }],
  ] as const)('is told of whom it names, %s', async (_when, intent, asked, told) => {
    const { keep, appended } = keeping();
    await keep(undefined, OFFICER, intent, asked);
    expect(appended.map(({ record: { disclosed, entries } }) => ({ disclosed, entries }))).toEqual([told]);
  });
});

describe('what departments told each other, though nothing of it is shown', () => {
  test('is kept of anonymous callers as well', async () => {
    const { keep, appended } = keeping();
    await keep(passed, anonymous);
    expect(appended.map(({ record: { entries }, personal }) => [entries, personal])).toEqual([
      [[{ citizen: 'k1.an', coordinates: [], passed: [['Citizen.birthDate', 'health']] }], true],
    ]);
  });

  test('is not answered where it cannot be kept', async () => {
    const { keep } = keeping(() => new LedgerUnavailable('away'));
    expect((await keep(passed)).status).toBe(503);
    expect(await keep(nothing)).toBe(answered);
  });
});

test('an answer whose record is in memory alone does not name it, and can be compared with it one day', async () => {
  const { keep, appended } = keeping(() => undefined, true);
  const headers = { ...answered.headers, 'lienthong-record-nonce': 'nonce 1' };
  expect(await keep(nothing)).toEqual({ ...answered, headers });
  expect(appended.map(({ personal }) => personal)).toEqual([false]);
});

test('requests are under way until their record is asked for, whether or not they leave one', async () => {
  const { keeper, keep } = keeping();
  keeper.draft();
  expect(keeper.underWay).toBe(1);
  await Promise.all([keep(shown), keep(nothing, anonymous)]);
  expect(keeper.underWay).toBe(1);
});

test('public data for whoever asks leaves no record', async () => {
  const { keep, appended } = keeping();
  expect(await keep(nothing, anonymous)).toBe(answered);
  expect(appended).toEqual([]);
});

test('a write that anybody may make has an end in the ledger, where it has a beginning', async () => {
  const { keep, appended } = keeping();
  await keep(nothing, anonymous, 'intent');
  expect(appended).toEqual([
    expect.objectContaining({
      lasting: true,
      record: expect.objectContaining({ kind: 'OUTCOME', intent: 'intent', partner: undefined }),
    }),
  ]);
});
