import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { FaultyProcess } from './faulty-process.ts';

jest.setTimeout(60_000);

const MIB = 1_048_576;
/** MiB: of all answers together, and of each of those that wait. */
const MEMORY = 16;
const ANSWER = 2;
const CALLERS = 40;

const health = new FaultyProcess();
let federation: SmallFederation;
beforeAll(async () => {
  await health.start();
  federation = await startSmallFederation({
    departments: {
      people: {
        sdl: `${LINK} type Query { person: Person } type Person @key(fields: "id") { id: ID! }`,
        root: { person: { id: '1' } },
      },
      land: { sdl: `${LINK} type Person @key(fields: "id") { id: ID!  parcels: [String!] }` },
      health: {
        sdl: `${LINK} type Person @key(fields: "id") { id: ID!  insurance: Insurance } type Insurance { level: Int! }`,
      },
    },
    env: {
      LIENTHONG_EXECUTION_ENGINE: 'compiled',
      LIENTHONG_EXECUTION_MEMORY: `${MEMORY}MiB`,
      LIENTHONG_DEPARTMENTS_HEALTH_URL: health.url,
      LIENTHONG_DEPARTMENTS_HEALTH_TIMEOUT: '2s',
      LIENTHONG_DEPARTMENTS_HEALTH_CIRCUIT_FAILURES: '1000',
    },
  });
  federation.divert('land', JSON.stringify({ data: { _entities: [{ parcels: ['t'.repeat(ANSWER * MIB)] }] } }));
});
afterAll(async () => {
  await federation?.close();
  await health.kill();
});

/** Whether the large part of the answer came; if not, why. */
const ask = async (fields: string): Promise<unknown> => {
  const { body } = await federation.ask({ query: `{ person { ${fields} } }` });
  const { person } = body.data as { person: { parcels: readonly string[] | null } };
  if (person.parcels) return person.parcels[0]?.length;
  return body.errors?.find(({ extensions }) => extensions.department === 'land')?.extensions.code;
};

test('answers that wait for a department that hangs are bounded with those that are being received', async () => {
  await health.behave('hang');
  const told = await Promise.all(Array.from({ length: CALLERS }, () => ask('parcels insurance { level }')));
  const whole = told.filter((one) => one === ANSWER * MIB).length;
  expect(whole).toBeGreaterThan(0);
  expect(whole).toBeLessThanOrEqual(MEMORY / ANSWER);
  expect(new Set(told)).toEqual(new Set([ANSWER * MIB, 'DEPARTMENT_UNAVAILABLE']));

  // Afterwards there is room again.
  for (let n = 0; n < 2 * (MEMORY / ANSWER); n += 1) expect(await ask('parcels')).toBe(ANSWER * MIB);
});
