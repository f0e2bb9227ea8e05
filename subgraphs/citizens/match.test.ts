import { describe, expect, test } from '@jest/globals';
import { matchesRecord, nameKey } from './match.ts';

const RECORD = { fullName: 'Hồ Thị Hòa', birthDate: '1990-07-01' };
const record = async () => RECORD;

describe('names that are the same', () => {
  test.each([
    ['Hoà', 'Hòa'],
    ['Thủy', 'Thuỷ'],
    ['Khoẻ', 'Khỏe'],
    ['HOÀ', 'hòa'],
    ['Đặng Thuỳ Trâm', 'ĐẶNG THÙY TRÂM'],
    ['  Phạm   Văn Hiếu ', 'Phạm Văn Hiếu'],
    ['Phạm Văn Hiếu'.normalize('NFD'), 'Phạm Văn Hiếu'],
    ['Siu H’Bia', "Siu H'Bia"],
  ])('%s is %s', (one, other) => {
    expect(nameKey(one)).toBe(nameKey(other));
  });
});

describe('names that differ', () => {
  test.each([
    ['Hà', 'Hạ'],
    ['Hà', 'Ha'],
    ['Mỹ', 'Mĩ'],
    ['Đinh', 'Dinh'],
    ['Thơ', 'Thô'],
    ['Sơn Hà', 'Hà Sơn'],
    ['Văn An', 'Vănan'],
    ['Hoá', 'Hòa'],
  ])('%s is not %s', (one, other) => {
    expect(nameKey(one)).not.toBe(nameKey(other));
  });
});

describe('a claim against a record', () => {
  test.each([
    ['Hồ Thị Hoà', '1990-07-01', true],
    ['HỒ THỊ HÒA', '1990-07-01', true],
    ['Hồ Thị Hoá', '1990-07-01', false],
    ['Hồ Hòa', '1990-07-01', false],
    ['Hồ Thị Hòa', '1990-07-02', false],
    ['Hồ Thị Hòa', '1990-07', false],
    ['Hồ Thị Hòa', '1990', false],
  ])('%s, %s: %s', async (fullName, birthDate, answer) => {
    expect(await matchesRecord({ fullName, birthDate }, record)).toBe(answer);
  });

  test.each([
    ['1950', true],
    ['1950-01-01', false],
    ['1951', false],
  ])('a record of the year 1950 alone and the claim %s: %s', async (birthDate, answer) => {
    const yearOnly = async () => ({ fullName: 'A Khuih', birthDate: '1950' });
    expect(await matchesRecord({ fullName: 'A Khuih', birthDate }, yearOnly)).toBe(answer);
  });

  test('no record answers false', async () => {
    expect(await matchesRecord(RECORD, async () => null)).toBe(false);
  });

  test.each(['', '   ', '12345', 'x'.repeat(101)])(
    'the name «%s» is refused before the record is read',
    async (fullName) => {
      let reads = 0;
      const counted = async () => {
        reads += 1;
        return RECORD;
      };
      const refused = matchesRecord({ fullName, birthDate: '1990' }, counted);
      await expect(refused).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT', reason: 'full_name' } });
      expect(reads).toBe(0);
    },
  );
});
