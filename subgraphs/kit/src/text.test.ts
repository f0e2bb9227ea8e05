import { expect, test } from '@jest/globals';
import { foldVietnamese, normalizeText } from './text.ts';

test.each([
  ['Phạm Văn Hiếu', 'pham van hieu'],
  ['  ĐINH   Thị\tHoa ', 'dinh thi hoa'],
  ['Đặng Ứng Ước', 'dang ung uoc'],
  ['Sơn Hà', 'son ha'],
  ['Sơn Hạ', 'son ha'],
  ['Hoà', 'hoa'],
  ['Hòa', 'hoa'],
  ['Y Hlắt', 'y hlat'],
])('%j is searched as %j, composed or decomposed', (text, folded) => {
  expect(foldVietnamese(text.normalize('NFC'))).toBe(folded);
  expect(foldVietnamese(text.normalize('NFD'))).toBe(folded);
});

test('text is stored composed, trimmed and with single spaces', () => {
  expect(normalizeText('  Phạm \u00a0 Thị\nMai '.normalize('NFD'))).toBe('Phạm Thị Mai'.normalize('NFC'));
});
