import { describe, expect, test } from '@jest/globals';
import { searchWords } from './search.ts';

describe('the words of a name', () => {
  test.each([
    ['Phạm Văn Hiếu', ['pham', 'van', 'hieu']],
    ['Sơn Hà', ['son', 'ha']],
    ['Sơn Hạ', ['son', 'ha']],
    ['ĐẶNG THUỲ TRÂM', ['dang', 'thuy', 'tram']],
    ['A Khuih', ['a', 'khuih']],
    ["Rơ Châm H'Bia", ['ro', 'cham', 'hbia']],
    ['H’Bia', ['hbia']],
    ['Hoà'.normalize('NFD'), ['hoa']],
    ['  Y   Hrêng\t', ['y', 'hreng']],
    ["pham:* & !van | 'x' <-> \\ \u0000", ['pham', 'van', 'x']],
    ['%_(*)', []],
  ])('%s', (name, words) => {
    expect(searchWords(name)).toEqual(words);
  });
});
