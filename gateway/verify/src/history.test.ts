import { expect, test } from '@jest/globals';
import { Findings } from './faults.ts';
import { History } from './history.ts';

test('an id is remembered for 65,536 records at least, and not for ever', () => {
  const repeatedAfter = (distance: number): number => {
    const findings = new Findings(10);
    const history = new History(findings);
    const take = (id: string, seq: number) =>
      history.take(
        { kind: 'ANSWER', id, time: '', intent: undefined, retention: undefined, signature: undefined },
        1,
        seq,
      );
    take('once more', 0);
    for (let seq = 1; seq < distance; seq++) take(String(seq), seq);
    take('once more', distance);
    return findings.faults.length;
  };
  expect(repeatedAfter(65_536)).toBe(1);
  expect(repeatedAfter(200_000)).toBe(0);
});
