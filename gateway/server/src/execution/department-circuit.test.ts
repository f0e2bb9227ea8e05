import { describe, expect, test } from '@jest/globals';

import { Circuit, type CircuitState } from './department-circuit.ts';

const PAUSE = 1_000;

const circuit = (failures = 3) => {
  const states: CircuitState[] = [];
  return { states, circuit: new Circuit({ failures, pause: PAUSE }, (state) => states.push(state)) };
};

/** A call that is admitted; a test whose call is not must not go on. */
const admitted = (of: Circuit, now: number): number => {
  const generation = of.admit(now);
  if (generation === undefined) throw new Error('the call was not admitted');
  return generation;
};

const opened = () => {
  const made = circuit();
  for (let call = 0; call < 3; call += 1) made.circuit.failed(admitted(made.circuit, 0), 0);
  return made;
};

describe('circuit', () => {
  test('opens after so many failures in a row, and admits nobody then', () => {
    const { circuit: of, states } = opened();
    expect(states).toEqual(['open']);
    expect(of.admit(PAUSE - 1)).toBeUndefined();
  });

  test('stays closed where an answer comes in between', () => {
    const { circuit: of, states } = circuit();
    for (const _ of [1, 2, 3]) {
      of.failed(admitted(of, 0), 0);
      of.failed(admitted(of, 0), 0);
      of.succeeded(admitted(of, 0));
    }
    expect(states).toEqual([]);
  });

  test('tries one call after the pause, and closes where it is answered', () => {
    const { circuit: of, states } = opened();
    const probe = admitted(of, PAUSE);
    expect(of.admit(PAUSE)).toBeUndefined();
    of.succeeded(probe);
    expect(states).toEqual(['open', 'half-open', 'closed']);
    expect(of.admit(PAUSE)).toBeDefined();
  });

  test('opens again for a whole pause where the call that tries fails', () => {
    const { circuit: of } = opened();
    of.failed(admitted(of, PAUSE), PAUSE + 500);
    expect(of.admit(PAUSE + 500 + PAUSE - 1)).toBeUndefined();
    expect(of.admit(PAUSE + 500 + PAUSE)).toBeDefined();
  });

  test('lets the next call try at once where the one that tried ended undecided', () => {
    const { circuit: of } = opened();
    of.undecided(admitted(of, PAUSE), PAUSE);
    expect(of.admit(PAUSE)).toBeDefined();
  });

  test('what was under way before it opened counts no more, whichever way it ends', () => {
    const { circuit: of, states } = circuit();
    const late = Array.from({ length: 10 }, () => admitted(of, 0));
    for (const generation of late.slice(0, 3)) of.failed(generation, 0);
    of.succeeded(late[3] ?? -1);
    expect(of.state).toBe('open');
    of.succeeded(admitted(of, PAUSE));
    for (const generation of late.slice(4)) of.failed(generation, PAUSE);
    of.undecided(late[9] ?? -1, PAUSE);
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });
});
