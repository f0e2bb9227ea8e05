import { describe, expect, test } from '@jest/globals';

import { subjectsBy } from '../format/index.ts';
import { knownSubjects } from './known-subjects.ts';

const KEY = Buffer.alloc(32, 7);

describe('subjects that are remembered', () => {
  test('are the ones that would be made, at the first time and ever after', () => {
    const right = subjectsBy(KEY);
    const known = knownSubjects(subjectsBy(KEY));
    // More than are kept, each asked for again at once, after a while, and after it was forgotten.
    const citizens = Array.from({ length: 5_000 }, (_, n) => `k1.${n}`);
    for (const citizen of [...citizens, ...citizens.slice(-3_000), ...citizens]) {
      expect(known(citizen)).toBe(right(citizen));
      expect(known(citizen)).toBe(right(citizen));
    }
  });

  test('are made once for who is asked about again', () => {
    const asked: string[] = [];
    const known = knownSubjects((citizen) => {
      asked.push(citizen);
      return `s1.${citizen}`;
    });
    for (const citizen of ['an', 'binh', 'an', 'an', 'binh']) known(citizen);
    expect(asked).toEqual(['an', 'binh']);
  });

  test('do not take somebody for another: half a character is what it is in UTF-8, and long ids are not cut', () => {
    const right = subjectsBy(KEY);
    const known = knownSubjects(subjectsBy(KEY));
    const long = 'x'.repeat(200);
    const ids = ['k1.\ud800', 'k1.\udfff', 'k1.\ufffd', 'k1.a', 'k1.á', `${long}1`, `${long}2`, ''];
    for (const id of [...ids, ...ids]) expect(known(id)).toBe(right(id));
    expect(known('k1.a')).not.toBe(known('k1.á'));
  });

  test('are kept under a copy of the id, which may be a piece of a long text', () => {
    const asked: string[] = [];
    const known = knownSubjects((citizen) => {
      asked.push(citizen);
      return 's1.x';
    });
    // What a copy by way of UTF-8 makes of half a character is found, the half itself is not.
    for (const citizen of ['k1.\ud800', 'k1.\ufffd', 'k1.\ud800']) known(citizen);
    expect(asked).toEqual(['k1.\ud800', 'k1.\ud800']);
  });

  test('are forgotten in time: a bounded number is kept, and no long ids', () => {
    let made = 0;
    const known = knownSubjects(() => {
      made += 1;
      return 's1.x';
    });
    for (let n = 0; n < 10_000; n += 1) known(`k1.${n}`);
    known('k1.0');
    expect(made).toBe(10_001);
    const long = 'x'.repeat(129);
    known(long);
    known(long);
    expect(made).toBe(10_003);
  });
});
