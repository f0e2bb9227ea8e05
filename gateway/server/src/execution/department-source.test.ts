import type { GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { pino } from 'pino';

import { Metrics } from '../telemetry/metrics.ts';
import { AnswerShape } from './answer-shape.ts';
import { type CallFailure, DepartmentCallError, type Received } from './department-answer.ts';
import { type Caller, DepartmentSource } from './department-source.ts';

const schema = buildSchema('type Query { name: String }  type Mutation { rename: String }');

const caller: Caller = {
  principal: { kind: 'anonymous' } as Caller['principal'],
  requestId: 'one',
  language: 'en',
  deadline: Number.POSITIVE_INFINITY,
};

const answer = (body: unknown): Received => {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { status: 200, parts: [bytes], size: bytes.length, seconds: 0.001 };
};

const fault = (failure: CallFailure, repeatable = false) => new DepartmentCallError(failure, 'fails', { repeatable });

/** A department that gives these results, one after the other. */
const sourceOf = (...results: (Received | DepartmentCallError)[]) => {
  const metrics = new Metrics({ process: false });
  const lines: string[] = [];
  const tokens: string[] = [];
  const source = new DepartmentSource({
    department: { name: 'health', scopes: new Set() } as never,
    client: {
      post: async (_body, headers) => {
        tokens.push(String(headers[1]));
        return results[tokens.length - 1] ?? fault('unavailable');
      },
    },
    shape: new AnswerShape(schema),
    sign: async () => `token-${tokens.length}`,
    log: pino({}, { write: (line: string) => lines.push(line) }),
    metrics,
  });
  const ask = async (query: string) =>
    source.process({ request: { query }, context: { ...caller } } as unknown as GraphQLDataSourceProcessOptions);
  /** Calls counted, by outcome. */
  const counted = async () => {
    const text = await metrics.registry.metrics();
    const found = text.matchAll(/call_duration_seconds_count\{department="health",outcome="(\w+)"\} (\d+)/g);
    return Object.fromEntries([...found].map(([, outcome, count]) => [outcome, Number(count)]));
  };
  return { source, ask, counted, lines, tokens, metrics };
};

const QUERY = '{ name }';
const MUTATION = 'mutation { rename }';

describe('calls are counted', () => {
  test.each<[string, Received | DepartmentCallError]>([
    ['ok', answer({ data: { name: 'An' } })],
    ['errors', answer({ data: null, errors: [{ message: 'x' }] })],
    ['errors', answer({ data: { name: [] } })],
    ['invalid', answer('<html>')],
    ['invalid', answer('{"data":')],
    ['invalid', fault('invalid')],
    ['unavailable', fault('unavailable')],
    ['timeout', fault('timeout')],
    ['open', fault('open')],
    ['busy', fault('busy')],
  ])('as %s', async (outcome, result) => {
    const { ask, counted } = sourceOf(result);
    await ask(QUERY);
    expect(await counted()).toEqual({ [outcome]: 1 });
  });

  test('as ok where a strict reader found nothing to look at', async () => {
    const { source, counted } = sourceOf();
    source.wellRead(answer({}));
    expect(await counted()).toEqual({ ok: 1 });
  });

  test('once where several share an answer, and as one with errors where one of them has an error', async () => {
    const asked = { query: QUERY, types: [], path: [], execution: caller };
    for (const [own, outcome] of [
      [{ data: { name: 'An' } }, 'ok'],
      [{ data: { name: 7n } }, 'errors'],
    ] as const) {
      const { source, counted } = sourceOf();
      const parts = [{ data: { name: 'An' } }, own].map((part) => ({ asked, partOf: () => part }));
      source.readShared(answer({ data: {} }), parts, asked);
      expect(await counted()).toEqual({ [outcome]: 1 });
    }
  });
});

describe('once more', () => {
  test('a query whose connection failed before an answer, with a token of its own', async () => {
    const { ask, counted, tokens, lines, metrics } = sourceOf(
      fault('unavailable', true),
      answer({ data: { name: 'An' } }),
    );
    expect(await ask(QUERY)).toEqual({ data: { name: 'An' } });
    expect(tokens).toEqual(['Bearer token-0', 'Bearer token-1']);
    expect(await counted()).toEqual({ ok: 1 });
    expect(await metrics.registry.metrics()).toContain('lienthong_department_retries_total{department="health"} 1');
    expect(lines).toEqual([]);
  });

  test('never twice', async () => {
    const { ask, counted, tokens } = sourceOf(fault('unavailable', true), fault('unavailable', true), answer({}));
    await ask(QUERY);
    expect(tokens).toHaveLength(2);
    expect(await counted()).toEqual({ unavailable: 1 });
  });

  test.each([
    ['a mutation', MUTATION, fault('unavailable', true)],
    ['what broke off after an answer had begun', QUERY, fault('unavailable')],
    ['what ran out of time', QUERY, fault('timeout')],
    ['nonsense', QUERY, fault('invalid')],
    ['what was not made', QUERY, fault('open')],
  ])('not %s', async (_what, query, result) => {
    const { ask, tokens } = sourceOf(result, answer({ data: { name: 'An' } }));
    await ask(query);
    expect(tokens).toHaveLength(1);
  });
});

test.each<[CallFailure, string, number]>([
  ['unavailable', 'DEPARTMENT_UNAVAILABLE', 1],
  ['timeout', 'DEPARTMENT_TIMEOUT', 1],
  ['invalid', 'DEPARTMENT_ERROR', 1],
  // Not one line for each: under load they would be load as well.
  ['open', 'DEPARTMENT_UNAVAILABLE', 0],
  ['busy', 'DEPARTMENT_UNAVAILABLE', 0],
])('%s is told as %s, in %d lines of the log', async (failure, code, count) => {
  const { ask, lines } = sourceOf(fault(failure));
  const { errors } = await ask(QUERY);
  expect(errors?.map(({ extensions }) => extensions?.code)).toEqual([code]);
  expect(lines).toHaveLength(count);
});
