import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';

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

/** MiB that a thread with little room for what is young takes for it while much is made, of which some stays a while. */
const youngOf = async (): Promise<number> => {
  const source = `
    const { getHeapSpaceStatistics } = require('node:v8');
    const kept = [];
    let most = 0;
    for (let n = 0; n < 2_000_000; n++) {
      kept[n % 100_000] = { n };
      if (n % 10_000 > 0) continue;
      const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
      most = Math.max(most, young.space_size);
    }
    require('node:worker_threads').parentPort.postMessage(most / 1_048_576);
  `;
  const worker = new Worker(source, { eval: true, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 12 } });
  const [young] = await once(worker, 'message');
  return Number(young);
};

test('what the process has for young objects is not what each thread takes', async () => {
  setFlagsFromString('--max-semi-space-size=32');
  expect(await youngOf()).toBeGreaterThan(8);
  thread = new PlanningThread();
  expect(await youngOf()).toBeLessThanOrEqual(8);
});
