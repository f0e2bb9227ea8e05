import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { type AuditCase, type GraphQLAnswer, passes } from './federation-case.ts';
import { auditedGateway } from './gateway.ts';

/**
 * Runs the public federation gateway audit against our gateway. Its code is not ours to keep: its server, which plays
 * the departments and tells supergraphs and cases, runs elsewhere, and this program is given the address.
 *
 *     npm run conformance -w @lienthong/test -- --audit http://127.0.0.1:4300 [--suite NAME] [--engine apollo] [--log debug] [--verbose]
 *
 * Each case is asked twice, first seen and repeated: what a cache holds has to answer alike. Exits 1 where a case fails,
 * 2 where the audit cannot be run.
 */
interface CaseResult {
  readonly name: string;
  readonly case: AuditCase;
  readonly answer: GraphQLAnswer;
  /** The answer when the same was asked once more. */
  readonly again?: GraphQLAnswer;
  readonly passed: boolean;
}

/** Milliseconds for one case, as the audit allows. */
const CASE_WITHIN = 10_000;

const fetchOk = async (url: string | URL): Promise<Response> => {
  const response = await fetch(url, { headers: { accept: 'application/json, text/plain' } }).catch((cause: unknown) => {
    throw new Error(`${url} does not answer: start the audit's server, then give its address`, { cause });
  });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
};

const ask = async (url: string, query: string): Promise<GraphQLAnswer> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(CASE_WITHIN),
  });
  return (await response.json()) as GraphQLAnswer;
};

/** Told anew for each round: a mutation has an id of its own, so that it can happen again. */
const runCases = async (audit: URL, suite: string, url: string): Promise<CaseResult[]> => {
  const cases = (await (await fetchOk(new URL(`${suite}/tests`, audit))).json()) as AuditCase[];
  const results: CaseResult[] = [];
  for (const [index, auditCase] of cases.entries()) {
    const answer = await ask(url, auditCase.query);
    results.push({ name: `${suite}/${index}`, case: auditCase, answer, passed: passes(auditCase, answer) });
  }
  return results;
};

const runSuite = async (audit: URL, suite: string, engine: string, log: string): Promise<CaseResult[]> => {
  const sdl = await (await fetchOk(new URL(`${suite}/supergraph`, audit))).text();
  const gateway = await auditedGateway(sdl, { engine, log });
  try {
    const first = await runCases(audit, suite, gateway.url);
    const again = await runCases(audit, suite, gateway.url);
    return first.map((result, index) => {
      const repeated = again[index];
      return repeated ? { ...result, again: repeated.answer, passed: result.passed && repeated.passed } : result;
    });
  } finally {
    await gateway.close();
  }
};

const line = (suite: string, results: readonly CaseResult[]): string => {
  const failed = results.filter(({ passed }) => !passed).map(({ name }) => name.slice(suite.length + 1));
  const count = `${results.length - failed.length}/${results.length}`;
  return `| ${suite} | ${count} | ${failed.join(', ') || '–'} |`;
};

const show = ({ name, case: { query, expected }, answer, again }: CaseResult): string =>
  `\n${name}\n${query}\nexpected ${JSON.stringify(expected)}\nanswered ${JSON.stringify(answer)}\nthen ${JSON.stringify(again)}\n`;

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      audit: { type: 'string' },
      suite: { type: 'string' },
      engine: { type: 'string', default: 'compiled' },
      log: { type: 'string', default: 'silent' },
      verbose: { type: 'boolean', default: false },
    },
  });
  if (!values.audit) throw new Error('--audit is missing: the address of a running audit server');
  const audit = new URL(values.audit.endsWith('/') ? values.audit : `${values.audit}/`);
  const suites = values.suite ? [values.suite] : ((await (await fetchOk(new URL('ids', audit))).json()) as string[]);

  const all: CaseResult[] = [];
  console.log('| suite | passed | failing cases |\n|---|---|---|');
  for (const suite of suites) {
    const results = await runSuite(audit, suite, values.engine, values.log);
    all.push(...results);
    console.log(line(suite, results));
    if (values.verbose) for (const result of results.filter(({ passed }) => !passed)) console.log(show(result));
  }
  const passed = all.filter((result) => result.passed).length;
  console.log(`| **total** | **${passed}/${all.length}** | |`);
  return passed === all.length ? 0 : 1;
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  });
}
