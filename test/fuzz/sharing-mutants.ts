import { Batches, UnitedCall } from '@lienthong/server/testing';

import { method } from './collector-mutants.ts';

/** One plausible mistake in what makes one call of several requests', put in place of the product's own while in force. */
export interface SharingMutant {
  readonly name: string;
  /** Puts it in; returns how to take it out again. */
  readonly force: () => () => void;
}

/** Calls are compared without one claim of their tokens: they go out with the first one's. */
const without = (claim: string) => () => {
  const firsts = new Map<string, string>();
  return method(Batches, 'join', (_self, join) => (token, asking) => {
    const [ends, { [claim]: _, ...claims }] = JSON.parse(token);
    const key = JSON.stringify([ends, claims]);
    if (!firsts.has(key)) firsts.set(key, token);
    return join(firsts.get(key) ?? token, asking);
  })();
};

const rotated = (slots: readonly number[]): readonly number[] => slots.map((slot) => Math.max(0, slot - 1));

/** Every mistake that the comparison has to notice. */
export const SHARING_MUTANTS: readonly SharingMutant[] = [
  ...['sub', 'purpose', 'legal_basis', 'case_id', 'citizen', 'scope'].map((claim) => ({
    name: `forgets ${claim} in comparing callers`,
    force: without(claim),
  })),
  {
    name: 'forgets the other variables in comparing calls',
    force: () => {
      const firsts = new Map<string, string>();
      return method(Batches, 'join', (_self, join) => (token, asking) => {
        const head = asking.call.head.toString('latin1');
        const tail = firsts.get(head) ?? asking.call.tail;
        firsts.set(head, tail);
        return join(token, { ...asking, call: { ...asking.call, tail } });
      })();
    },
  },
  {
    name: 'is off by one in the positions of entities',
    force: method(UnitedCall, 'add', (_self, add) => (call) => add(call).map(rotated)),
  },
  {
    name: 'gives everybody the whole answer',
    force: method(UnitedCall, 'isWhole', () => () => true),
  },
  {
    name: 'leaves errors at the positions of the united call',
    force: method(UnitedCall, 'divide', (_self, divide) => (received, sharers) => {
      const divided = divide(received, sharers);
      const parts = divided?.parts.map((part, order) => {
        const answer = JSON.parse(Buffer.concat(part.parts).toString());
        const errors = answer.errors?.map((error: { path?: [string, number] }) => {
          const [name, index, ...rest] = error.path ?? [];
          return index === undefined ? error : { ...error, path: [name, sharers[order]?.[0]?.[index], ...rest] };
        });
        const bytes = Buffer.from(JSON.stringify(errors ? { ...answer, errors } : answer));
        return { parts: [bytes], size: bytes.length };
      });
      return divided && parts && { ...divided, parts };
    }),
  },
  {
    name: 'tells errors at an entity to everybody',
    force: method(UnitedCall, 'divide', (_self, divide) => (received, sharers) => {
      const divided = divide(received, sharers);
      const answers = divided?.parts.map((part) => JSON.parse(Buffer.concat(part.parts).toString()));
      const errors = answers?.flatMap((answer) => answer.errors ?? []);
      const parts = answers?.map((answer) => {
        const bytes = Buffer.from(JSON.stringify({ ...answer, errors }));
        return { parts: [bytes], size: bytes.length };
      });
      return divided && parts && { ...divided, parts };
    }),
  },
];
