import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { repository } from '../kit/process.ts';

const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly summary_en: string; readonly runbook: string };
}

const { groups } = parse(read('deploy/production/alerts.yml')) as { groups: { name: string; rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const expressions = rules.map(({ expr }) => expr);

/** Names and labels of the metrics that a source declares; of a histogram the series that it has. */
const declaredIn = (source: string): (readonly [metric: string, labels: readonly string[]])[] => {
  const text = read(source);
  const made = [...text.matchAll(/new (\w+)\(\{\s*name: '(\w+)',([\s\S]*?)registers:/g)].flatMap(
    ([, type = '', name = '', rest = '']) => {
      const labels = [...(/labelNames: \[([^\]]*)\]/.exec(rest)?.[1] ?? '').matchAll(/\w+/g)].map(([label]) => label);
      const series = type.endsWith('Histogram') ? ['_count', '_sum', '_bucket'] : [''];
      return series.map((end) => [name + end, labels] as const);
    },
  );
  const gauges = [...text.matchAll(/^\s*gauge\('(\w+)'/gm)].map(([, name = '']) => [name, []] as const);
  return [...made, ...gauges];
};

const gateway = [
  ...declaredIn('gateway/server/src/telemetry/metrics.ts'),
  ...declaredIn('gateway/server/src/processes/sum-of-metrics.ts'),
];
const review = [...read('gateway/cli/src/audit/review-metrics.ts').matchAll(/# TYPE (\w+) gauge/g)].map(
  ([, name = '']) => [name, name.endsWith('_findings') ? ['kind', 'day'] : []] as const,
);
/** Of Prometheus itself, and of node_exporter's collector `systemd`. */
const others = [
  ['up', ['job', 'instance']],
  ['node_systemd_unit_state', ['name', 'state', 'type']],
] as const;
const exposed = new Map<string, readonly string[]>([...gateway, ...review, ...others]);

const FUNCTIONS = new Set(['absent', 'increase', 'max_over_time', 'rate', 'sum', 'time']);
const WORDS = new Set(['or', 'unless', 'by', 'offset']);

/** What an expression names that is no function, word or time, each with the labels that it is asked by. */
const metricsOf = (expr: string): { metric: string; labels: readonly string[] }[] => {
  const by = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/));
  const bare = expr.replace(/\bby \([^)]*\)/g, '').replace(/\[\w+\]|\boffset \w+/g, '');
  return [...bare.matchAll(/\b([a-z_]\w*)\b(\s*\()?(?:\{([^}]*)\})?|"[^"]*"/g)].flatMap(
    ([, metric, call, matchers = '']) => {
      if (metric === undefined || WORDS.has(metric)) return [];
      if (call !== undefined && FUNCTIONS.has(metric)) return [];
      return [{ metric, labels: [...by, ...[...matchers.matchAll(/(\w+)\s*=/g)].map(([, label = '']) => label)] }];
    },
  );
};

describe('deploy/production/alerts.yml', () => {
  test('the sources that declare metrics are read', () => {
    expect(exposed.get('lienthong_department_call_duration_seconds_count')).toEqual(['department', 'outcome']);
    expect(exposed.get('lienthong_ledger_forked')).toEqual([]);
    expect(exposed.get('lienthong_processes')).toEqual([]);
    expect(review).toHaveLength(2);
  });

  test.each(rules.map((rule) => [rule.alert, rule] as const))('%s asks for what there is', (_, { expr }) => {
    const asked = metricsOf(expr);
    expect(asked).not.toEqual([]);
    const unknown = asked.filter(
      ({ metric, labels }) => labels.some((label) => !exposed.get(metric)?.includes(label)) || !exposed.has(metric),
    );
    expect(unknown).toEqual([]);
  });

  test.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s says how bad it is, what is the matter, in both languages, and where to read on',
    (_, rule) => {
      expect(['critical', 'warning']).toContain(rule.labels.severity);
      const { summary, summary_en: english, runbook } = rule.annotations;
      expect(summary).toMatch(/[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]/i);
      expect(english).toMatch(/^[\x20-\x7e]+$/);
      const [page = '', anchor] = runbook.split('#');
      const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title.toLowerCase().replaceAll(' ', '-'),
      );
      expect(headings).toContain(anchor);
      // What a summary shows of the series is a label that the series has.
      for (const [, label = ''] of `${summary} ${english}`.matchAll(/\$labels\.(\w+)/g)) {
        if (label === 'instance') continue;
        expect([label, metricsOf(rule.expr).some(({ metric }) => exposed.get(metric)?.includes(label))]).toEqual([
          label,
          true,
        ]);
      }
    },
  );

  test('no two rules have one name', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  test('the review writes its metrics where its unit lets it, and under the name that collectors read', () => {
    const unit = read('deploy/production/systemd/lienthong-review.service');
    const [, folder = 'none'] = /^StateDirectory=(\S+)$/m.exec(unit) ?? [];
    expect(unit).toMatch(new RegExp(`^ExecStart=.* audit review --metrics /var/lib/${folder}/\\w+\\.prom$`, 'm'));
    expect(unit).toMatch(/^StateDirectoryMode=0755$/m);
  });

  test('every kind of finding of a review has its rule', () => {
    const [, members = ''] =
      /export interface Review \{([\s\S]*?)\n\}/.exec(read('gateway/ledger/src/reader/review.ts')) ?? [];
    const kinds = [...members.matchAll(/readonly (\w+):/g)].map(([, kind]) => kind);
    expect(kinds.length).toBeGreaterThan(0);
    expect(kinds.filter((kind) => !expressions.some((expr) => expr.includes(`kind="${kind}"`)))).toEqual([]);
  });
});

/** Rows of the documents and comments of the units that say to alert on something. */
const told = [
  ...readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
  ...readdirSync(join(repository, 'deploy/production/systemd')).map((file) => join('deploy/production/systemd', file)),
].flatMap((file) =>
  read(file)
    .split('\n')
    .filter((line) => /\balert (?:on|where)\b/i.test(line))
    .map((line) => [file, line] as const),
);

describe('what documents say to alert on', () => {
  test('is found', () => {
    expect(new Set(told.map(([file]) => file))).toEqual(
      new Set([
        'docs/operating.md',
        'docs/operations.md',
        'docs/sizing.md',
        'deploy/production/systemd/lienthong-archive.service',
      ]),
    );
  });

  test.each(told)('%s: %s', (file, line) => {
    const metrics = [...line.matchAll(/lienthong_\w+/g)].map(([metric]) => metric);
    const values = [...line.matchAll(/"(\w+)"/g)].map(([, value = '']) => value);
    const bounds = [...line.matchAll(/above (\d+)/g)].map(([, bound = '']) => bound);
    const unit = /(lienthong-\w+)\.service$/.exec(file)?.[1];
    if (unit === undefined) expect(metrics).not.toEqual([]);
    const has = (wanted: string): boolean => expressions.some((expr) => new RegExp(`\\b${wanted}`).test(expr));
    expect([...metrics, ...values, ...bounds].filter((each) => !has(each))).toEqual([]);
    if (unit !== undefined) {
      const matchers = expressions.flatMap((expr) => [...expr.matchAll(/name=~"([^"]*)"/g)]);
      const named = matchers.some(([, pattern = '']) =>
        new RegExp(`^${pattern.replaceAll('\\\\', '\\')}$`).test(`${unit}.service`),
      );
      expect([unit, named]).toEqual([unit, true]);
    }
  });

  test('documents name no metric that there is not', () => {
    const pages = new Set(told.map(([file]) => file).filter((file) => file.endsWith('.md')));
    const bases = new Set([...exposed.keys()].map((name) => name.replace(/_(?:count|sum|bucket)$/, '')));
    const unknown = [...pages].flatMap((page) =>
      [...read(page).matchAll(/lienthong_\w+/g)].map(([name]) => name).filter((name) => !bases.has(name)),
    );
    expect(unknown).toEqual([]);
  });
});
