import { expect, test } from '@jest/globals';
import { errorForLog, redactValues } from './redact.ts';

test.each([
  ['Variable "$n" got invalid value "051085000001"; Expected', 'Variable "$n" got a value that does not fit its type.'],
  [
    'Variable "$i" got invalid value { a: "Hiếu" } at "i.a"; x',
    'Variable "$i" got a value that does not fit its type.',
  ],
  ['Int cannot represent non-integer value: "Phạm Văn Hiếu"', 'Int cannot represent this value.'],
  ['Enum "Sex" cannot represent non-string value: 1.', 'Enum "Sex" cannot represent this value.'],
  ['Value "NAM" does not exist in "Sex" enum. Did you mean', 'This value does not exist in "Sex" enum.'],
  ['Expected value of type "Sex!", found "MALE".', 'Expected value of type "Sex!".'],
  ['Cannot query field "x" on type "Citizen".', 'Cannot query field "x" on type "Citizen".'],
  ['Syntax Error: Unexpected Int "051085000001".', 'Syntax Error: Unexpected Int "[number]".'],
])('%j is shown as %j', (message, shown) => {
  expect(redactValues(message)).toBe(shown);
});

test('a database error is logged with its place and without the numbers of its row', () => {
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (personal_number)=(051085000001) already exists.',
    constraint: 'citizens_personal_number_key',
  });
  const logged = errorForLog(new Error('failed for 051085000001', { cause }));
  expect(logged).toMatchObject({
    message: 'failed for [number]',
    cause: {
      code: '23505',
      detail: 'Key (personal_number)=([number]) already exists.',
      constraint: 'citizens_personal_number_key',
    },
  });
  expect(JSON.stringify(logged)).not.toContain('051085000001');
});
