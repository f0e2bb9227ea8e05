import { describe, expect, test } from '@jest/globals';
import type { Client } from 'undici';

import { CallsUnderWay } from './calls-under-way.ts';
import { DepartmentCallError, type Received } from './department-answer.ts';
import { type CallOwner, DepartmentCall } from './department-call.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
/** Whatever follows from promises, and nothing of a later turn. */
const promises = async () => {
  for (let n = 0; n < 10; n += 1) await Promise.resolve();
};

interface Made {
  readonly calls: readonly DepartmentCall[];
  /** Numbers of calls in the order in which their results were handed over. */
  readonly told: number[];
  readonly results: Map<number, Received | DepartmentCallError>;
  /** Numbers of calls of whose end the owner knows. */
  readonly ended: number[];
}

const callsIn = (underWay: CallsUnderWay, count: number, deadline = Number.POSITIVE_INFINITY): Made => {
  const made: DepartmentCall[] = [];
  const [told, ended]: [number[], number[]] = [[], []];
  const results = new Map<number, Received | DepartmentCallError>();
  const owner: CallOwner = {
    ended: (call) => ended.push(made.indexOf(call)),
    released: (_: Client) => {},
  };
  for (let n = 0; n < count; n += 1) {
    void new Promise<Received | DepartmentCallError>((resolve) => {
      const settings = { started: performance.now(), deadline, answerSize: 1_000, generation: 0, owner, underWay };
      made.push(new DepartmentCall({ ...settings, request: { method: 'POST', path: '/' }, resolve }));
    }).then((result) => {
      told.push(n);
      results.set(n, result);
    });
  }
  return { calls: made, told, results, ended };
};

const bring = (call: DepartmentCall | undefined, text: string): void => {
  call?.onHeaders(200);
  call?.onData(Buffer.from(text));
  call?.onComplete();
};

const brought = (result: Received | DepartmentCallError | undefined): string | undefined =>
  result === undefined || result instanceof DepartmentCallError ? undefined : Buffer.concat(result.parts).toString();

describe('what departments answer', () => {
  test('is handed over together at the end of the turn in which it came, in the order in which it came', async () => {
    const { calls, told, results, ended } = callsIn(new CallsUnderWay(10_000), 8);
    for (const n of [2, 0, 5]) {
      bring(calls[n], `answer ${n}`);
      await promises();
    }
    // Whoever counts failures, or wants the connection, need not wait.
    expect(ended).toEqual([2, 0, 5]);
    expect(told).toEqual([]);
    await turn();
    expect(told).toEqual([2, 0, 5]);
    expect([...results.values()].map(brought)).toEqual(['answer 2', 'answer 0', 'answer 5']);
    for (const n of [1, 3, 4, 6, 7]) bring(calls[n], `answer ${n}`);
    await turn();
    expect(told).toEqual([2, 0, 5, 1, 3, 4, 6, 7]);
  });

  test('is handed over at once where few calls are under way', async () => {
    const { calls, told } = callsIn(new CallsUnderWay(10_000), 3);
    for (const [n, call] of calls.entries()) {
      bring(call, 'answer');
      await promises();
      expect(told).toHaveLength(n + 1);
    }
  });

  test('counts for what departments may send until it is handed over', async () => {
    const underWay = new CallsUnderWay(1_000);
    const { calls, results } = callsIn(underWay, 4);
    for (const call of calls.slice(0, 3)) bring(call, 'x'.repeat(300));
    const [last] = calls.slice(-1);
    expect(last && underWay.mayHold(last, 300)).toBe(false);
    await turn();
    bring(last, 'x'.repeat(300));
    await turn();
    expect(brought(results.get(3))).toHaveLength(300);
  });

  test('stays what it is when time runs out, or the connection breaks, before it is handed over', async () => {
    const { calls, results, ended } = callsIn(new CallsUnderWay(10_000), 5, 0);
    bring(calls[0], 'in time');
    calls[0]?.fail(new DepartmentCallError('timeout', 'too late'));
    calls[0]?.onError(new Error('gone'));
    await turn();
    expect(brought(results.get(0))).toBe('in time');
    expect(ended).toEqual([0]);
    // The clock ends the others, and each once.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(ended).toEqual([0, 4, 3, 2, 1]);
    expect([...results.values()].filter((result) => result instanceof DepartmentCallError)).toHaveLength(4);
  });

  test('that there is none is told at once', async () => {
    const { calls, results } = callsIn(new CallsUnderWay(10_000), 6);
    calls[3]?.fail(new DepartmentCallError('timeout', 'no answer in time'));
    calls[4]?.onError(new Error('gone'));
    await promises();
    expect([...results.keys()]).toEqual([3, 4]);
    for (const call of calls) call.fail(new DepartmentCallError('timeout', 'the end'));
  });
});
