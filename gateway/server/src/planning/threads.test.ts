import { beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';

import type { Made } from './library.js';
import { type Ending, ThreadEnded } from './thread.ts';
import { PlanningThreads, type Thread } from './threads.ts';

/** A thread that answers when it is told to. */
class Puppet implements Thread {
  ending: Ending | undefined;
  readonly loads: number[] = [];
  /** What it is asked now. */
  text: string | undefined;
  #answer: ((made: Made) => void) | undefined;
  #fail: ((error: ThreadEnded) => void) | undefined;

  async load(version: number) {
    if (!this.loads.includes(version)) this.loads.push(version);
  }

  plan(_version: number, text: string) {
    this.text = text;
    return new Promise<Made>((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = reject;
    });
  }

  unload() {}

  async end(ending: Ending) {
    this.ending = ending;
    this.#fail?.(new ThreadEnded(ending));
  }

  answer() {
    const text = this.text ?? '';
    this.text = undefined;
    this.#answer?.({ plan: text });
  }
}

let puppets: Puppet[];
let threads: PlanningThreads;
let version: number;
beforeEach(async () => {
  puppets = [];
  threads = new PlanningThreads({
    budget: 1_000,
    log: pino({ level: 'silent' }),
    startThread: () => {
      const puppet = new Puppet();
      puppets.push(puppet);
      return puppet;
    },
  });
  version = await threads.load({ sdl: 'sdl', copy: undefined });
});

const plan = (text: string) => threads.plan(version, text);
const puppet = (index: number): Puppet => {
  const found = puppets[index];
  if (!found) throw new TypeError(`no thread ${index}`);
  return found;
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Resolves once the second thread was started: what waits starts it. */
const helped = async () => {
  while (puppets.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  await settled();
};

describe('planning threads', () => {
  test('start with one, ask one thing at a time; the smaller goes first, and of like size the older', async () => {
    const order: string[] = [];
    const large = (size: number) => 'x'.repeat(size);
    const texts = ['first', large(9_000), large(3_000), large(2_500), 'aaa', 'a', large(1_000), 'aa'];
    const made = texts.map((text) => plan(text).then(() => order.push(text)));
    for (const _ of made) {
      await settled();
      expect(puppets).toHaveLength(1);
      puppet(0).answer();
    }
    await Promise.all(made);
    expect(order).toEqual(['first', 'aaa', 'a', large(1_000), 'aa', large(3_000), large(2_500), large(9_000)]);
  });

  test('a slow plan delays nobody for long: a second thread takes what waits', async () => {
    const slow = plan('slow');
    const quick = plan('a');
    await helped();
    expect(puppet(0).text).toBe('slow');
    puppet(1).answer();
    expect(await quick).toEqual({ plan: 'a' });
    const more = [plan('b'), plan('c')];
    await settled();
    expect(puppets).toHaveLength(2);
    puppet(1).answer();
    await settled();
    puppet(1).answer();
    await Promise.all(more);
    puppet(0).answer();
    expect(await slow).toEqual({ plan: 'slow' });
  });

  test.each(['time', 'memory'] as const)(
    'beyond its %s: a refusal for its caller, a new thread for others',
    async (ending) => {
      const refused = expect(plan('huge')).rejects.toMatchObject({ code: 'LIMIT_PLANNING', data: { reason: ending } });
      const other = plan('another');
      await settled();
      await puppet(0).end(ending);
      await refused;
      await settled();
      expect(puppet(1).loads).toEqual([version]);
      puppet(1).answer();
      expect(await other).toEqual({ plan: 'another' });
    },
  );

  test('a crash is worth one more try', async () => {
    const once = plan('once');
    await settled();
    await puppet(0).end('crashed');
    await settled();
    puppet(1).answer();
    expect(await once).toEqual({ plan: 'once' });

    const twice = expect(plan('twice')).rejects.toMatchObject({ ending: 'crashed' });
    await settled();
    await puppet(1).end('crashed');
    await settled();
    await puppet(2).end('crashed');
    await twice;
  });

  test('the queue has an end', async () => {
    const waiting = Array.from({ length: 201 }, (_, n) => plan(`${n}`));
    await expect(plan('one more')).rejects.toMatchObject({ code: 'PLANNING_BUSY' });
    const ended = Promise.allSettled(waiting);
    await threads.close();
    for (const { status } of await ended) expect(status).toBe('rejected');
  });

  test('closing tells everybody, and nothing starts any more', async () => {
    const told = [plan('now'), plan('later')].map((made) =>
      expect(made).rejects.toMatchObject({ code: 'SHUTTING_DOWN' }),
    );
    await settled();
    await threads.close();
    await Promise.all(told);
    await expect(plan('after')).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(puppets.map(({ ending }) => ending)).toEqual(['closed']);
  });
});
