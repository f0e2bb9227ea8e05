import { describe, expect, test } from '@jest/globals';
import { AggregatorRegistry, Histogram, Registry } from 'prom-client';

import { HotHistogram } from './hot-histogram.ts';

const settings = {
  name: 'seconds',
  help: 'How long',
  labelNames: ['department', 'outcome'] as const,
  buckets: [0.002, 0.005, 0.01, 0.25, 5],
};
const LABELS = [
  ['citizens', 'ok'],
  ['land', 'ok'],
  ['citizens', 'timeout'],
  ['a "quoted"\\name\n', 'errors'],
] as const;
/** On the bounds, between them, beyond the last. */
const VALUES = [0, 0.002, 0.0020001, 0.0049, 0.01, 0.1, 0.25, 4.999, 5, 6, 1_000];

/** The same observations in prom-client's own histogram and in ours. */
const both = () => {
  const [theirs, ours] = [new Registry(), new Registry()];
  const stock = new Histogram({ ...settings, labelNames: [...settings.labelNames], registers: [theirs] });
  const hot = new HotHistogram({ ...settings, registers: [ours] });
  const series = LABELS.map((labels) => hot.series(...labels));
  let seed = 7;
  for (let n = 0; n < 500; n += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    // Each combination is seen first in its order: it is the order in which both tell them.
    const which = n < LABELS.length ? n : seed % LABELS.length;
    const value = VALUES[seed % VALUES.length] ?? 0;
    const [department = '', outcome = ''] = LABELS[which] ?? [];
    stock.observe({ department, outcome }, value);
    series[which]?.observe(value);
  }
  return { theirs, ours };
};

describe('a histogram with cheap observations', () => {
  test('tells what the stock one tells, byte for byte', async () => {
    const { theirs, ours } = both();
    const text = await ours.metrics();
    expect(text).toBe(await theirs.metrics());
    expect(text).toContain('seconds_bucket{le="+Inf",department="land",outcome="ok"}');
  });

  test('the sum over processes is that of stock ones', async () => {
    const json = async (registry: Registry) => [await registry.getMetricsAsJSON(), await registry.getMetricsAsJSON()];
    const { theirs, ours } = both();
    const [sum, stock] = await Promise.all(
      [ours, theirs].map(async (registry) => AggregatorRegistry.aggregate(await json(registry)).metrics()),
    );
    expect(sum).toBe(stock);
  });

  test('what was never observed is not told', async () => {
    const registry = new Registry();
    const hot = new HotHistogram({ ...settings, registers: [registry] });
    hot.series('land', 'ok');
    expect(await registry.metrics()).toBe('# HELP seconds How long\n# TYPE seconds histogram\n');
  });
});
