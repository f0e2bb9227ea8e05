import type { Ethnicity, Person, Sex } from './person.ts';
import type { Random, Weighted } from './random.ts';

type Name = Pick<Person, 'fullName' | 'familyName' | 'middleName' | 'givenName'>;
type BySex = Readonly<Record<Sex, readonly string[]>>;

/** Bearers of each surname, per thousand. */
const KINH_SURNAMES: Weighted<string> = (
  [
    [320, 'Nguyễn'],
    [105, 'Phạm'],
    [100, 'Trần'],
    [95, 'Lê'],
    [65, 'Võ'],
    [60, 'Huỳnh'],
    [45, 'Bùi'],
    [30, 'Đặng'],
    [25, 'Đỗ'],
    [22, 'Ngô Trương Phan'],
    [15, 'Hồ'],
    [12, 'Dương Đoàn'],
    [10, 'Đinh'],
    [8, 'Tạ Cao'],
    [7, 'Lý'],
    [6, 'Lâm Mai'],
    [5, 'Lương'],
    [4, 'Châu Thái Từ'],
    [3, 'Tô Hà'],
    [2, 'Tiêu Kiều Vương'],
    [1, 'Thới Ung'],
  ] as const
).flatMap(([bearers, surnames]) => words(surnames).map((surname) => [surname, bearers] as const));

/** Peoples whose names have taken a surname: Hrê mostly Đinh and Phạm, Cor Hồ. */
const SURNAMES: Readonly<Partial<Record<Ethnicity, Weighted<string>>>> = {
  KINH: KINH_SURNAMES,
  HRE: [
    ['Đinh', 60],
    ['Phạm', 36],
    ['Nguyễn', 4],
  ],
  COR: [
    ['Hồ', 88],
    ['Đinh', 7],
    ['Nguyễn', 5],
  ],
  GIARAI: [
    ['Rơ Châm', 40],
    ['Ksor', 20],
    ['Siu', 20],
    ['Rơ Mah', 20],
  ],
};

const MIDDLES: BySex = {
  MALE: [...words('Văn Văn Văn Đức Minh Quốc Hữu Thanh Ngọc Công Đình Xuân Tấn Quang Gia Anh Hoàng'), ''],
  FEMALE: [
    ...words('Thị Thị Thị Ngọc Thanh Kim Bích Hồng Diễm Như Khánh Phương Bảo'),
    ...words('Thu Mỹ Kim Ngọc').map((second) => `Thị ${second}`),
  ],
};

const KINH_GIVEN: BySex = {
  MALE: words(`
    An Anh Bảo Bình Chiến Công Cường Danh Dũng Duy Đạt Điền Đức Hà Hải Hạnh Hậu Hiệp Hiếu Hòa Hoàng Hùng Huy
    Khải Khang Khánh Khoa Kiên Lâm Linh Long Lộc Lực Minh Nam Nghĩa Nhân Nhật Phong Phú Phúc Phước Quân Quang
    Quốc Quý Sang Sơn Tài Tâm Tân Thái Thành Thắng Thiện Thịnh Thọ Thuận Tiến Tín Toàn Trí Trung Trường Tú Tuấn
    Tùng Việt Vinh Vũ Vương
  `),
  FEMALE: words(`
    An Anh Ánh Chi Châu Cúc Diễm Dung Duyên Đào Giang Hà Hạ Hạnh Hằng Hậu Hiền Hoa Hoà Hồng Huệ Hương Hường
    Huyền Khánh Kiều Lan Lệ Liên Linh Loan Ly Mai Mỹ My Nga Ngân Ngọc Nguyệt Nhi Nhung Như Oanh Phụng Phương
    Phượng Quyên Quỳnh Sương Tâm Thảo Thắm Thi Thoa Thơ Thu Thuý Thủy Thuỳ Thương Tiên Trang Trâm Trinh Trúc
    Tuyền Tuyết Uyên Vân Vy Xuân Yến
  `),
};

const HIGHLAND_GIVEN: Readonly<Partial<Record<Ethnicity, BySex>>> = {
  HRE: {
    MALE: words('Lốp Rế Vai Rin Tía Ngút Dêu Trới Xia Ghe Lập Hiếu Minh Tiến Sơn Thế Vương Tuấn'),
    FEMALE: words('Trâm Lum Rum Véo Xinh Rớ Ngheo Phíu Hoa Nga Thảo Lan Dung Tuyết Vy Hồng'),
  },
  COR: {
    MALE: words('Bông Kế Ngọc Tươi Vương Điều Thế Xanh Lên Tiến Long Trung Dũng Huấn'),
    FEMALE: words('Bích Xíu Lan Thủy Nhé Hương Tím Diệp Liên Vân Đào Thương'),
  },
  BANA: {
    MALE: words('Khuih Lưu Thui Biu Jring Ngleh Yưng Blưh Kâm Đưn Tuh Wêr Chưp Hiêng Bơm Nhưt'),
    FEMALE: words('Byen Hlui Plir Khyưn Hnen Yơh Mlơp Bơr Nhal Hyơh Đơm Chưi Lan Bích'),
  },
  XODANG: {
    MALE: words('Nhong Phôih Thế Hlang Bré Kiêu Tring Đênh Sâm Nghê Proi Líp Hoàng Vượng Duyên Chiến'),
    FEMALE: words('Hrêng Bloi Nhiên Hlá Ngrông Xuân Bleo Đeng Vên Mía Thoa Hồng Nghêm Siêng'),
  },
  GIETRIENG: {
    MALE: words('Brôl Vế Nghĩa Lăng Thái Xếp Bring Mân Đôn Khánh Hải Nhim'),
    FEMALE: words('Nhủ Vân Brải Chi Mừi Thảo Nglan Hiếu Bôi Liêm Lệ Phương'),
  },
  GIARAI: {
    MALE: words('Blưt Huin Thưng Krung Bik Nhur Hyak Lan Đinh Phyơi'),
    FEMALE: words("H'Bia H'Lan H'Nhi H'Pri H'Yim Phiêl Hlêr Blan Dung H'Mai"),
  },
};

/**
 * An invented name. Children take their father's surname, where there is one; Ba Na, Xơ Đăng and Giẻ Triêng names have
 * none: `A` stands before a man's name, `Y` before a woman's.
 */
export function inventName(random: Random, ethnicity: Ethnicity, sex: Sex, birthYear: number, surname?: string): Name {
  const givenName = random.pick((HIGHLAND_GIVEN[ethnicity] ?? KINH_GIVEN)[sex]);
  const surnames = SURNAMES[ethnicity];
  if (surnames === undefined) return nameOf(null, sex === 'MALE' ? 'A' : 'Y', givenName);
  const middleName = inventMiddleName(random, ethnicity, sex, birthYear);
  return nameOf(surname ?? random.weighted(surnames), middleName === givenName ? '' : middleName, givenName);
}

function inventMiddleName(random: Random, ethnicity: Ethnicity, sex: Sex, birthYear: number): string {
  if (ethnicity === 'GIARAI') return '';
  const traditional = sex === 'MALE' ? 'Văn' : 'Thị';
  return birthYear < 1975 && random.chance(0.7) ? traditional : random.pick(MIDDLES[sex]);
}

/** A name put together from its parts, in NFC. */
export function nameOf(familyName: string | null, middleName: string, givenName: string): Name {
  const fullName = [familyName, middleName, givenName].filter(Boolean).join(' ').normalize('NFC');
  return { fullName, familyName, middleName, givenName };
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
