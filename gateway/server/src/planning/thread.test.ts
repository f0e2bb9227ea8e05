import { readFileSync } from 'node:fs';

import { afterEach, expect, test } from '@jest/globals';
import { stripAuthorization } from '@lienthong/schema/rules';

import { PlanningThread } from './thread.ts';

const sdl = stripAuthorization(readFileSync(new URL('../../../../schema/supergraph.graphql', import.meta.url), 'utf8'));
const province = { sdl, copy: undefined };
const QUERY = '{commune(code:"21289"){name}}';
const MINUTE = 60_000;

let thread: PlanningThread;
afterEach(() => thread.end('closed'));

test('a thread reads supergraphs and plans by each of them', async () => {
  thread = new PlanningThread();
  await thread.load(1, province);
  const [made, unknown] = [await thread.plan(1, QUERY, MINUTE), await thread.plan(1, '{nobody}', MINUTE)];
  expect(made).toEqual({ plan: expect.stringContaining('"serviceName":"citizens"') });
  expect(unknown).toEqual({ refused: 'failed', message: expect.stringContaining('nobody') });
  await expect(thread.load(2, { sdl: 'type Query { a: Int }', copy: undefined })).rejects.toThrow('supergraph');
  // It goes on after that.
  expect(await thread.plan(1, QUERY, MINUTE)).toEqual(made);
  expect(thread.ending).toBeUndefined();
});

/** Some hundred milliseconds of planning. */
const ASKED = Array.from({ length: 60 }, (_, n) => `c${n}: citizen(personalNumber: "${n}") { insurance { number } }`);
const LONG = `{ ${ASKED.join(' ')} }`;

test('what takes too long ends the thread, not the process', async () => {
  thread = new PlanningThread();
  await thread.load(1, province);
  await expect(thread.plan(1, LONG, 1)).rejects.toMatchObject({ ending: 'time' });
  expect(thread.ending).toBe('time');
  await expect(thread.plan(1, QUERY, MINUTE)).rejects.toMatchObject({ ending: 'time' });
});

test('a thread that crashes says so', async () => {
  thread = new PlanningThread();
  await expect(thread.plan(7, QUERY, MINUTE)).rejects.toMatchObject({ ending: 'crashed' });
});
