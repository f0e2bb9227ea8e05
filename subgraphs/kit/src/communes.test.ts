import { expect, test } from '@jest/globals';
import { commune, communes, parseCommuneCode } from './communes.ts';

test('the province has 96 units: 86 communes, 9 wards, 1 special zone', () => {
  const kinds = [...communes.values()].map(({ name }) => name.replace(/ .*/, ''));
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  expect([communes.size, count('Xã'), count('Phường'), count('Đặc')]).toEqual([96, 86, 9, 1]);
});

test('a unit is known by its code, with the day from which it is valid', () => {
  expect(commune('21289')).toEqual({ code: '21289', name: 'Xã Sơn Hà', validFrom: '2025-07-01', validTo: null });
  expect(commune('99999')).toBeNull();
  expect(commune(null)).toBeNull();
});

test('every name is composed (NFC)', () => {
  for (const { name } of communes.values()) expect(name).toBe(name.normalize('NFC'));
});

test.each([
  ['2128', 'commune_code_format'],
  ['21289 ', 'commune_code_format'],
  [21289, 'commune_code_format'],
  ['99999', 'commune_unknown'],
])('the code %j is refused as %s', (code, reason) => {
  const act = () => parseCommuneCode(code, 'commune');
  expect(act).toThrow(
    expect.objectContaining({
      extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', reason, argument: 'commune' }),
    }),
  );
});
