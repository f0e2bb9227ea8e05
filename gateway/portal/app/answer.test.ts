import { expect, test } from '@jest/globals';
import { sortErrors } from './answer.ts';

const refused = (extensions: object) => ({
  message: 'no',
  extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', affectedPath: 'c.@.n', coordinate: 'C.n', ...extensions },
});
const place = { affectedPath: 'c.@.n', coordinate: 'C.n' };

test.each([
  ['not disclosed', {}, place],
  ['one set', { missingScopes: ['a', 'b'] }, { ...place, missingScopes: [['a', 'b']] }],
  ['alternatives', { missingScopes: [['a'], ['b', 'c']] }, { ...place, missingScopes: [['a'], ['b', 'c']] }],
  ['another shape', { missingScopes: { a: 1 } }, place],
])('a refusal with missing scopes: %s', (_case, extensions, refusal) => {
  expect(sortErrors({ data: null, errors: [refused(extensions)] })).toEqual({ refusals: [refusal], otherErrors: [] });
});

test('other errors keep their code and message, apart from refusals', () => {
  const body = {
    errors: [{ message: 'late', extensions: { code: 'DEPARTMENT_TIMEOUT' } }, refused({}), { message: 'x' }],
  };
  expect(sortErrors(body)).toEqual({
    refusals: [place],
    otherErrors: [
      { code: 'DEPARTMENT_TIMEOUT', message: 'late' },
      { code: '', message: 'x' },
    ],
  });
});

test.each([null, 'text', [], {}, { errors: null }, { errors: [null, 1] }])('%j holds no error', (body) => {
  expect(sortErrors(body)).toEqual({ refusals: [], otherErrors: [] });
});
