import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { request } from 'undici';

import { engines } from '../kit/engines.ts';
import { type DepartmentName, type Federation, type HttpAnswer, startFederation } from '../kit/federation.ts';
import type { Impostor } from '../kit/recording-proxy.ts';
import { answering, breakingOff, hanging, pouring, redirectingTo, trickling } from './impostors.ts';

jest.setTimeout(120_000);

const FATHER = '051085000001';
const QUERY = `{
  citizen(personalNumber: "${FATHER}") { fullName insurance { number level } holdings { share } }
  parcel(commune: "21289", sheet: 12, number: 345) { area }
}`;
const WHOLE = {
  citizen: {
    fullName: 'Phạm Văn Hiếu',
    insurance: { number: 'GD4512101234567', level: expect.any(Number) },
    holdings: [{ share: '1/1' }],
  },
  parcel: { area: 1050.5 },
};
const WITHOUT_INSURANCE = { ...WHOLE, citizen: { ...WHOLE.citizen, insurance: null } };

describe.each(engines)('with the engine %s', (engine) => {
  let federation: Federation;
  let token: string;
  beforeAll(async () => {
    federation = await startFederation({ config: () => `execution: { engine: ${engine} }` });
    token = await federation.token('mot-cua');
  });
  afterAll(() => federation?.close());

  const ask = () => federation.ask({ query: QUERY, token });

  /** Whatever a department did, it is over: the gateway is the same process and the next answer is whole. */
  afterEach(async () => {
    for (const name of ['citizens', 'health', 'land'] as const) {
      if (diverted.delete(name)) federation.proxies[name].divert(federation.departments[name].url);
    }
    expect(federation.gateway.child.exitCode).toBeNull();
    if (!databaseGone) expect((await ask()).body).toEqual({ data: WHOLE });
  });
  let databaseGone = false;
  const diverted = new Set<DepartmentName>();
  const divert = (name: DepartmentName, impostor: Impostor) => {
    diverted.add(name);
    federation.proxies[name].divert(impostor);
  };

  const errorOf = (code: string, affectedPath: string, department: DepartmentName) => ({
    message: expect.any(String),
    ...(affectedPath.includes('@') ? {} : { path: affectedPath.split('.') }),
    extensions: { code, department, affectedPath },
  });

  const expectInsuranceLost = ({ status, body }: HttpAnswer, code: string, affectedPath = 'citizen.insurance') => {
    expect(status).toBe(200);
    expect(body).toEqual({ data: WITHOUT_INSURANCE, errors: [errorOf(code, affectedPath, 'health')] });
  };

  /** The gateway's log lines of one request, the last of them included: they come through a pipe, after the answer. */
  const logOf = async ({ headers }: HttpAnswer): Promise<string[]> => {
    for (;;) {
      const lines = federation.gateway
        .log()
        .split('\n')
        .filter((line) => line.includes(String(headers['x-request-id'])));
      if (lines.some((line) => line.includes('"msg":"request"'))) return lines;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  describe('a department', () => {
    test('that is killed costs its own fields, and is asked again as soon as it is back', async () => {
      await federation.departments.health.stop('SIGKILL');
      expectInsuranceLost(await ask(), 'DEPARTMENT_UNAVAILABLE');
      await federation.restart('health');
    });

    test('that is frozen costs its own fields when its time is over', async () => {
      federation.departments.health.child.kill('SIGSTOP');
      try {
        expectInsuranceLost(await ask(), 'DEPARTMENT_TIMEOUT');
      } finally {
        federation.departments.health.child.kill('SIGCONT');
      }
    });

    test('that is slow is waited for', async () => {
      const body = JSON.stringify({ data: { _entities: [{ insurance: { number: 'GD4512101234567', level: 100 } }] } });
      divert('health', (incoming, outgoing) => setTimeout(() => answering(body)(incoming, outgoing), 700));
      expect((await ask()).body).toEqual({ data: WHOLE });
    });

    test.each([
      ['accepts and never answers', hanging, 'DEPARTMENT_TIMEOUT'],
      ['answers byte by byte without end', trickling, 'DEPARTMENT_TIMEOUT'],
      ['breaks off in the middle', breakingOff, 'DEPARTMENT_UNAVAILABLE'],
      ['answers half a JSON text', answering('{"data":{"_entities":[{"insurance"'), 'DEPARTMENT_ERROR'],
      ['answers nothing', answering(''), 'DEPARTMENT_ERROR'],
      ['answers []', answering('[]'), 'DEPARTMENT_ERROR'],
      ['answers null', answering('null'), 'DEPARTMENT_ERROR'],
      ['answers {}', answering('{}'), 'DEPARTMENT_ERROR'],
      ['answers a number', answering('5'), 'DEPARTMENT_ERROR'],
      ['answers neither data nor errors', answering('{"data":null,"errors":[]}'), 'DEPARTMENT_ERROR'],
      ['answers a list for data', answering('{"data":[]}'), 'DEPARTMENT_ERROR'],
      ['answers HTML', answering('<html>Bad gateway</html>', { status: 502, type: 'text/html' }), 'DEPARTMENT_ERROR'],
      ['answers bytes', answering(Buffer.from([0xff, 0xfe, 0x00])), 'DEPARTMENT_ERROR'],
      ['answers no content', answering('', { status: 204 }), 'DEPARTMENT_ERROR'],
    ])('that %s costs its own fields', async (_what, impostor, code) => {
      divert('health', impostor);
      const answer = await ask();
      expectInsuranceLost(answer, code);
      expect((await logOf(answer)).join()).toContain('"department":"health"');
    });

    test('keeps its SQL, host names and stacks to the log', async () => {
      const secret = `relation "insurance" does not exist at postgres://health:pw@10.1.2.3/health for ${FATHER}`;
      const body = {
        errors: [{ message: secret, path: ['_entities', 0, secret], extensions: { code: '42P01', stack: secret } }],
      };
      divert('health', answering(JSON.stringify(body), { status: 500 }));
      const answer = await ask();
      expectInsuranceLost(answer, 'DEPARTMENT_ERROR');
      expect(answer.text).not.toMatch(/relation|postgres|10\.1\.2\.3|42P01/);
      const log = (await logOf(answer)).join();
      expect(log).toContain('relation \\"insurance\\" does not exist at postgres://health:pw@10.1.2.3/health');
      expect(log).not.toContain(FATHER);
    });

    test.each([
      ['messages of another shape', { code: 'BAD_USER_INPUT', messages: 'select 1' }],
      ['a code of the gateway', { code: 'UNAUTHENTICATED', messages: { vi: 'x', en: 'select 1' } }],
      ['a code from the prototype', { code: 'constructor', messages: { vi: 'x', en: 'select 1' } }],
      ['nothing', undefined],
    ])('cannot speak to the caller by %s', async (_what, extensions) => {
      divert('health', answering(JSON.stringify({ data: null, errors: [{ message: 'select 1', extensions }] })));
      const answer = await ask();
      expectInsuranceLost(answer, 'DEPARTMENT_ERROR');
      expect(answer.text).not.toContain('select 1');
    });

    test('that answers a hundred thousand errors fills neither the answer nor the log', async () => {
      divert('health', answering(JSON.stringify({ data: null, errors: Array(100_000).fill({ message: 'x' }) })));
      const answer = await ask();
      expect(answer.body.data).toEqual(WITHOUT_INSURANCE);
      expect(answer.body.errors?.length).toBeLessThanOrEqual(100);
      expect((await logOf(answer)).length).toBeLessThanOrEqual(102);
    });

    test.each([301, 302, 307, 308])('that redirects by %d is not followed', async (status) => {
      const visits: string[] = [];
      const elsewhere = createServer((incoming, outgoing) => {
        visits.push(String(incoming.headers.authorization));
        outgoing.end('{"data":{"_entities":[{"insurance":{"number":"stolen","level":1}}]}}');
      }).listen(0, '127.0.0.1');
      await once(elsewhere, 'listening');
      const { port } = elsewhere.address() as AddressInfo;
      try {
        divert('health', redirectingTo(`http://127.0.0.1:${port}/graphql`, status));
        expectInsuranceLost(await ask(), 'DEPARTMENT_ERROR');
        expect(visits).toEqual([]);
      } finally {
        elsewhere.close();
      }
    });

    test('that pours a hundred MiB is cut off, and the gateway’s memory stays bounded', async () => {
      const before = peakMemory();
      const impostor = pouring(100);
      divert('health', impostor);
      expectInsuranceLost(await ask(), 'DEPARTMENT_ERROR');
      expect(impostor.sent).toBeLessThan(60);
      expect(peakMemory() - before).toBeLessThan(200);
    });
  });

  /** MiB: the most that the gateway, whichever process of the command it is, ever held. */
  const peakMemory = (): number => {
    const status = (pid: number) => readFileSync(`/proc/${pid}/status`, 'utf8');
    const children = (pid: number): number[] =>
      readdirSync(`/proc/${pid}/task`)
        .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' '))
        .filter((child) => child !== '')
        .flatMap((child) => [Number(child), ...children(Number(child))]);
    const { pid = 0 } = federation.gateway.child;
    const peaks = [pid, ...children(pid)].map((each) => Number(/VmHWM:\s+(\d+)/.exec(status(each))?.[1]));
    return Math.max(...peaks) / 1024;
  };

  describe('an answer of another shape', () => {
    const insurance = { number: 'GD4512101234567', level: 100 };
    const entities = (...values: unknown[]) => JSON.stringify({ data: { _entities: values } });

    test.each([
      ['a list for an object', entities({ insurance: [insurance] }), 'citizen.insurance'],
      ['a text for an object', entities({ insurance: 'GD4512101234567' }), 'citizen.insurance'],
      ['an entity that is a list', entities([insurance]), 'citizen.insurance'],
      ['an entity that is a text', entities('x'), 'citizen.insurance'],
      ['no entity', entities(), 'citizen.insurance'],
      ['an entity too many', entities({ insurance }, { insurance }), 'citizen.insurance'],
      ['entities that are no list', '{"data":{"_entities":{"insurance":{}}}}', 'citizen.insurance'],
      ['no entities', '{"data":{}}', 'citizen.insurance'],
      ['null for non-null', entities({ insurance: { ...insurance, level: null } }), 'citizen.insurance.level'],
      ['a member that is missing', entities({ insurance: { number: 'x' } }), 'citizen.insurance.level'],
      ['a text for a number', entities({ insurance: { ...insurance, level: '100' } }), 'citizen.insurance.level'],
      ['an object for a leaf', entities({ insurance: { number: 'x', level: { a: 1 } } }), 'citizen.insurance.level'],
      [
        'two members of one name, the last of them wrong',
        '{"data":{"_entities":[{"insurance":{},"insurance":[]}]}}',
        'citizen.insurance',
      ],
    ])('%s costs its own place', async (_what, body, affectedPath) => {
      divert('health', answering(body));
      expectInsuranceLost(await ask(), 'DEPARTMENT_ERROR', affectedPath);
    });

    test('members that nobody asked for never reach the caller, nor the data of other departments', async () => {
      const foreign = '"fullName":"Kẻ mạo danh","id":"k1.x","holdings":[],"__typename":"Parcel","secret":"lộ"';
      const polluting = '"__proto__":{"fullName":"Kẻ mạo danh","isAdmin":true},"constructor":{"prototype":{"x":1}}';
      const entity = `{"insurance":{"number":"GD4512101234567","level":100,"group":"GD",${polluting}},${foreign},${polluting}}`;
      divert(
        'health',
        answering(`{"data":{"_entities":[${entity}],"parcel":{"area":1}},"extensions":{"trace":"lộ"},${polluting}}`),
      );
      const answer = await ask();
      expect(answer.body).toEqual({ data: WHOLE });
      expect(answer.text).not.toMatch(/mạo danh|lộ|__proto__|isAdmin/);
    });

    test('at the root, and where other fetches hang on it: the other departments’ data stay', async () => {
      for (const citizen of [
        [{ fullName: 'x' }],
        'x',
        { fullName: ['x'], __typename: 'Citizen', id: [] },
        { fullName: 'x' },
      ]) {
        divert('citizens', answering(JSON.stringify({ data: { citizen } })));
        const { body } = await ask();
        expect(body.data).toMatchObject({ parcel: WHOLE.parcel });
        expect(new Set(body.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['DEPARTMENT_ERROR']));
      }
    });

    test('lists of another nesting and length', async () => {
      for (const holdings of [{}, [[{ share: '1/1' }]], [null], 'x', [{ share: { a: 1 } }]]) {
        divert('land', answering(JSON.stringify({ data: { _entities: [{ holdings }], parcel: { area: 1050.5 } } })));
        const { body } = await ask();
        expect(body.data).toMatchObject({ citizen: { fullName: 'Phạm Văn Hiếu', insurance: WHOLE.citizen.insurance } });
        expect(body.errors?.length).toBeGreaterThan(0);
        expect(body.errors?.every(({ extensions }) => extensions.code === 'DEPARTMENT_ERROR')).toBe(true);
      }
    });

    test('fifty requests at once while a department misbehaves', async () => {
      const answers = [
        '[]',
        'null',
        '{"data":{"_entities":[]}}',
        '<html>',
        '{"data":{"_entities":[{"insurance":[]}]}}',
      ];
      let count = 0;
      divert('health', (incoming, outgoing) => answering(answers[count++ % answers.length] ?? '')(incoming, outgoing));
      for (const answer of await Promise.all(Array.from({ length: 50 }, ask))) {
        expectInsuranceLost(answer, 'DEPARTMENT_ERROR');
      }
    });
  });

  test('a database that is gone: masked, not ready, and the others are whole', async () => {
    databaseGone = true;
    await federation.databases.health.drop();
    const answer = await ask();
    expectInsuranceLost(answer, 'DEPARTMENT_ERROR');
    expect(answer.text).not.toMatch(/database|terminating|role/i);
    const ready = await request(new URL('/health/ready', federation.departments.health.url));
    expect([ready.statusCode, await ready.body.json()]).toEqual([503, { status: 'unready', reason: 'database' }]);
    expect(federation.departments.health.child.exitCode).toBeNull();
  });
});
