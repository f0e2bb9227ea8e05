import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { example } from '../test-department/department.ts';
import { StartError } from './start-error.ts';
import { startSubgraph } from './subgraph.ts';
import { type TestDatabase, testDatabase } from './testing/database.ts';
import { testGateway } from './testing/gateway.ts';

jest.setTimeout(60_000);

const gateway = testGateway();
const taken = createServer();
let takenPort = 0;
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase('subgraph');
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  takenPort = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(async () => {
  taken.close();
  await database.drop();
});

const changed = (change: (url: URL) => void): string => {
  const url = new URL(database.url);
  change(url);
  return url.href;
};

const failure = async (databaseUrl: string, port = 0): Promise<StartError> => {
  const { provinceKey, jwks: gatewayKeys } = gateway;
  try {
    await (await startSubgraph(example, { databaseUrl, port, provinceKey, gatewayKeys })).close();
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error('it started');
};

test.each<[string, (url: URL) => void, string, string]>([
  [
    'missing database',
    (url) => {
      url.pathname = '/nowhere';
    },
    '/nowhere does not exist. Create it, or correct EXAMPLE_DATABASE_URL.',
    'không tồn tại',
  ],
  [
    'wrong password',
    (url) => {
      url.password = 'wrong-secret';
    },
    'Check user and password in EXAMPLE_DATABASE_URL.',
    'từ chối',
  ],
  [
    'a host that does not exist',
    (url) => {
      url.hostname = 'nowhere.invalid';
    },
    'Start PostgreSQL, or correct EXAMPLE_DATABASE_URL.',
    'Không kết nối được',
  ],
])('%s: said in both languages, without the password', async (_title, change, english, vietnamese) => {
  const { messages } = await failure(changed(change));
  expect(messages.en).toContain(english);
  expect(messages.vi).toContain(vietnamese);
  expect(JSON.stringify(messages)).not.toMatch(new RegExp(`wrong-secret|${new URL(database.url).password}`));
});

test('taken port: said in both languages', async () => {
  const { messages } = await failure(database.url, takenPort);
  expect(messages.en).toBe(`Another program uses 127.0.0.1:${takenPort}. Stop it, or set EXAMPLE_PORT.`);
  expect(messages.vi).toContain('đang có chương trình khác dùng');
});
