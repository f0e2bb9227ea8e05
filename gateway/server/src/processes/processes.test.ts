import { describe, expect, test } from '@jest/globals';
import { Counter, Gauge, Registry } from 'prom-client';

import { Pause } from './pause.ts';
import { SumOfMetrics } from './sum-of-metrics.ts';

test('pauses grow while processes do not live, up to half a minute, and begin anew after one that did', () => {
  const pause = new Pause();
  expect(Array.from({ length: 11 }, () => pause.after(59_999))).toEqual([
    100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000,
  ]);
  expect([pause.after(60_000), pause.after(0)]).toEqual([100, 200]);
});

describe('the metrics of all processes', () => {
  /** A process whose counter stands at a number. */
  const processOf = (sum: SumOfMetrics, id: number, count: number) => {
    const registry = new Registry();
    new Counter({ name: 'requests', help: 'r', registers: [registry] }).inc(count);
    new Gauge({ name: 'open', help: 'o', registers: [registry] }).set(count);
    return {
      id,
      ask: async (question: number) => sum.tell(id, question, await registry.getMetricsAsJSON()),
    };
  };
  const read = async (sum: SumOfMetrics, processes: Parameters<SumOfMetrics['read']>[0]) => {
    const text = await (await sum.read(processes)).metrics();
    return Object.fromEntries([...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, name, value]) => [name, Number(value)]));
  };

  test('are added up, with how many serve and were started again', async () => {
    const sum = new SumOfMetrics(() => 2);
    sum.restarted();
    expect(await read(sum, [processOf(sum, 1, 3), processOf(sum, 2, 4)])).toEqual({
      requests: 7,
      open: 7,
      lienthong_processes: 2,
      lienthong_process_restarts_total: 1,
    });
  });

  test('what one counted before it died still counts, what it was does not', async () => {
    const sum = new SumOfMetrics(() => 1);
    const [one, two] = [processOf(sum, 1, 3), processOf(sum, 2, 4)];
    await read(sum, [one, two]);
    sum.depart(1);
    expect(await read(sum, [two])).toMatchObject({ requests: 7, open: 4 });
    await read(sum, [two, processOf(sum, 3, 10)]);
    sum.depart(3);
    sum.depart(2);
    expect(await read(sum, [])).toMatchObject({ requests: 17 });
  });

  test('one that dies while it is asked holds up nobody', async () => {
    const sum = new SumOfMetrics(() => 1);
    const dying = { id: 1, ask: () => sum.depart(1) };
    expect(await read(sum, [dying, processOf(sum, 2, 4)])).toMatchObject({ requests: 4 });
  });
});
