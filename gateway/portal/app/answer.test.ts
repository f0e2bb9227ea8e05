import { expect, test } from '@jest/globals';
import { sortErrors } from './answer.ts';

const refused = (extensions: object) => ({
  message: 'no',
  extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', affectedPath: 'c.@.n', coordinate: 'C.n', ...extensions },
});
const place = { affectedPath: 'c.@.n', coordinate: 'C.n' };

const nothing = { closed: false, authenticated: false, scopes: [], policies: [] };

test.each([
  ['not disclosed', {}, place],
  [
    'scopes',
    { required: { scopes: [['a'], ['b', 'c']] } },
    { ...place, required: { ...nothing, scopes: [['a'], ['b', 'c']] } },
  ],
  ['a policy', { required: { policies: [['p']] } }, { ...place, required: { ...nothing, policies: [['p']] } }],
  ['a token', { required: { authenticated: true } }, { ...place, required: { ...nothing, authenticated: true } }],
  ['closed', { required: { closed: true } }, { ...place, required: { ...nothing, closed: true } }],
  ['another shape', { required: { scopes: { a: 1 }, closed: 'x' } }, { ...place, required: nothing }],
])('what a refused field requires: %s', (_case, extensions, refusal) => {
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
