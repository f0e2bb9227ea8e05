import type { Place } from './communes.ts';
import type { Random } from './random.ts';

const STREETS = [
  'Quang Trung',
  'Hùng Vương',
  'Phan Đình Phùng',
  'Lê Lợi',
  'Nguyễn Nghiêm',
  'Trần Hưng Đạo',
  'Bà Triệu',
  'Phạm Văn Đồng',
  'Trương Định',
  'Nguyễn Huệ',
  'Lê Trung Đình',
  'Đinh Tiên Hoàng',
  'Hai Bà Trưng',
  'Chu Văn An',
];
const FIRST_WORDS = ['An', 'Phú', 'Phước', 'Thanh', 'Tân', 'Vạn', 'Mỹ', 'Bình', 'Long', 'Thạch', 'Đông', 'Xuân'];
const SECOND_WORDS = ['Hòa', 'Lộc', 'Bình', 'Thọ', 'Mỹ', 'Thành', 'Khương', 'Trung', 'Điền', 'Thuận', 'Sơn', 'Vĩnh'];
const OLD_QUANG_NGAI_HAMLETS = [
  'Làng Rầm',
  'Nước Nia',
  'Gò Rin',
  'Tà Pa',
  'Đồng Tranh',
  'Gò Da',
  'Nước Lang',
  'Mang Đen',
  'Làng Mâm',
  'Suối Loa',
  'Trà Lương',
  'Gò Khôn',
];
const KON_TUM_VILLAGES = [
  'Kon Klor',
  'Đăk Rơ Chót',
  'Kon Tu Rằng',
  'Plei Tơ Nghia',
  'Đăk Kđem',
  'Kon Jơ Ri',
  'Măng La',
  'Đăk Mế',
  'Kon Pring',
  'Plei Rơ Hai',
  'Đăk Wơk',
  'Tu Thó',
];
const FIRST_KON_TUM_UNIT = '23284';

/** An invented address within a commune, the way it is written there. */
export function inventAddress({ code, settlement }: Place, random: Random): string {
  if (settlement === 'TOWN') {
    return `${random.int(1, 480)} ${random.pick(STREETS)}, tổ dân phố ${random.int(1, 14)}`;
  }
  if (settlement === 'PLAIN') {
    return `Xóm ${random.int(1, 8)}, thôn ${random.pick(FIRST_WORDS)} ${random.pick(SECOND_WORDS)}`;
  }
  if (code >= FIRST_KON_TUM_UNIT) return `Làng ${random.pick(KON_TUM_VILLAGES)}, nhà số ${random.int(1, 160)}`;
  return `Tổ ${random.int(1, 6)}, thôn ${random.pick(OLD_QUANG_NGAI_HAMLETS)}`;
}
