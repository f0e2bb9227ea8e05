import { describe, expect, test } from '@jest/globals';
import { DepartmentError } from '@lienthong/kit';
import { parseTransfer, type TransferInput } from './transfer-input.ts';

const person = (letter: string): string => `k1.${letter.repeat(43)}`;
const order: TransferInput = {
  parcel: { commune: '21289', sheet: 12, number: 345 },
  version: 1,
  from: person('A'),
  to: [
    { citizen: person('B'), share: '1/2' },
    { citizen: person('C'), share: '2/4' },
  ],
};

/** The reason and the argument of the refusal. */
function refusalOf(input: TransferInput): unknown[] {
  try {
    parseTransfer(input);
  } catch (error) {
    if (error instanceof DepartmentError) return [error.extensions.reason, error.extensions.argument];
    throw error;
  }
  return ['accepted'];
}

describe('the order of a transfer', () => {
  test('is read with its shares in lowest terms', () => {
    expect(parseTransfer({ ...order, share: '4/4' })).toEqual({
      parcel: order.parcel,
      version: 1,
      from: person('A'),
      share: { numerator: 1n, denominator: 1n },
      to: [
        { citizen: person('B'), share: { numerator: 1n, denominator: 2n } },
        { citizen: person('C'), share: { numerator: 1n, denominator: 2n } },
      ],
    });
  });

  test.each<[string, Partial<TransferInput>, string, string]>([
    ['nobody receives', { to: [] }, 'receivers', 'input.to'],
    [
      'more than 50 receive',
      { to: Array.from({ length: 51 }, () => ({ citizen: person('B'), share: '1/51' })) },
      'receivers',
      'input.to',
    ],
    ['the giver receives', { to: [{ citizen: person('A'), share: '1/1' }] }, 'repeated_citizen', 'input.to'],
    [
      'somebody receives twice',
      { to: [1, 2].map(() => ({ citizen: person('B'), share: '1/2' })) },
      'repeated_citizen',
      'input.to',
    ],
    ['the giver is named by personal number', { from: '051085000001' }, 'citizen_id', 'input.from'],
    [
      'a receiver is named by personal number',
      { to: [{ citizen: '051085000001', share: '1/1' }] },
      'citizen_id',
      'input.to.0.citizen',
    ],
    ['a share is decimal', { to: [{ citizen: person('B'), share: '0.5' }] }, 'share', 'input.to.0.share'],
    ['the whole is exceeded', { share: '3/2' }, 'share', 'input.share'],
    ['the sheet is 0', { parcel: { ...order.parcel, sheet: 0 } }, 'number_below_one', 'input.parcel.sheet'],
    ['the number is negative', { parcel: { ...order.parcel, number: -1 } }, 'number_below_one', 'input.parcel.number'],
  ])('is refused when %s', (_, change, reason, argument) => {
    expect(refusalOf({ ...order, ...change })).toEqual([reason, argument]);
  });

  test('is refused without repeating a personal number', () => {
    expect(() => parseTransfer({ ...order, from: '051085000001' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('051085000001') }),
    );
  });
});
