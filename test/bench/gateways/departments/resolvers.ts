import { type Random, randomFor } from '@lienthong/population';

import { type Citizen, type Province, toAscii } from './province.ts';

/** What graphql-js resolves a department by: root fields, and entities by type name from their id. */
export interface Resolvers {
  readonly root: object;
  readonly entities: Readonly<Record<string, (id: string) => object>>;
}

export const DEPARTMENTS = ['citizens', 'health', 'education', 'land'] as const;
export type DepartmentName = (typeof DEPARTMENTS)[number];

interface Page {
  readonly page: number;
  readonly first: number;
}

/** The four departments over one province. Fields are functions: only what is asked for is invented. */
export const resolversOf = (province: Province): Readonly<Record<DepartmentName, Resolvers>> => ({
  citizens: citizens(province),
  health: health(province),
  education: education(province),
  land: land(province),
});

const written = (text: string, ascii: boolean): string => (ascii ? toAscii(text) : text);

/** The identifier of an institution: its kind, its number, and whether its texts are ASCII. */
const institution = (kind: string, number: number, ascii: boolean): string => `${kind}-${ascii ? 'a' : 'v'}-${number}`;
const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf('-') + 1));
const isAscii = (id: string): boolean => id.includes('-a-');

const date = (random: Random, from: number, to: number): string =>
  `${random.int(from, to)}-${String(random.int(1, 12)).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}`;

const PLACES = ['Trà Bồng', 'Sơn Tịnh', 'Đức Phổ', 'Mộ Đức', 'Nghĩa Hành', 'Tư Nghĩa', 'Ba Tơ', 'Minh Long', 'Lý Sơn'];
const STREETS = ['Phạm Văn Đồng', 'Nguyễn Tự Tân', 'Trương Định', 'Lê Trung Đình', 'Bùi Tá Hán', 'Huỳnh Thúc Kháng'];

const addressOf = (random: Random, ascii: boolean): string =>
  written(`Số ${random.int(1, 400)} đường ${random.pick(STREETS)}, xã ${random.pick(PLACES)}, tỉnh Quảng Ngãi`, ascii);

const citizens = (province: Province): Resolvers => {
  const citizen = (one: Citizen): object => {
    const { person, household, ascii } = one;
    return {
      __typename: 'Citizen',
      id: one.id,
      fullName: () => written(person.fullName, ascii),
      familyName: () => written(person.familyName ?? 'Hồ', ascii),
      givenName: () => written(person.givenName, ascii),
      birthDate: person.birthDate,
      sex: person.sex,
      ethnicity: person.ethnicity,
      alive: person.deathDate === null,
      residence: () => ({
        address: written(household.address, ascii),
        commune: household.commune,
        communeName: written(`Xã ${randomFor(household.commune, 'name').pick(PLACES)}`, ascii),
        since: household.since,
      }),
      household: () => ({
        __typename: 'Household',
        id: `household-${one.id}`,
        code: household.code,
        address: written(household.address, ascii),
        since: household.since,
        members: () => province.members(one).map(citizen),
      }),
    };
  };
  return {
    root: {
      citizens: ({ page, first }: Page) => province.page(page, first).map(citizen),
      citizen: ({ page }: Page) => province.page(page, 1).map(citizen)[0],
    },
    entities: { Citizen: (id) => citizen(province.byId(id)) },
  };
};

const VACCINES = [
  'Bạch hầu – ho gà – uốn ván',
  'Sởi – quai bị – rubella',
  'Viêm gan B',
  'Viêm não Nhật Bản',
  'Bại liệt',
];
const NOTES = [
  'Không có phản ứng bất thường sau tiêm; theo dõi ba mươi phút tại trạm.',
  'Sốt nhẹ trong đêm đầu, đã dặn người nhà cách chăm sóc và tái khám.',
  'Tiêm nhắc lại đúng lịch; sổ tiêm chủng đã được cập nhật đầy đủ.',
];

const health = (province: Province): Resolvers => {
  const facility = (id: string): object => {
    const random = randomFor(String(numberOf(id)), 'facility');
    const name = `Trạm y tế xã ${random.pick(PLACES)}, phân trạm số ${numberOf(id)}`;
    return {
      __typename: 'Facility',
      id,
      name: written(name, isAscii(id)),
      address: addressOf(random, isAscii(id)),
      beds: random.int(5, 90),
      head: () => stub(province.headOf(String(numberOf(id)), isAscii(id))),
    };
  };
  const near = (random: Random, ascii: boolean): object => facility(institution('facility', random.int(1, 60), ascii));
  return {
    root: {},
    entities: {
      Facility: facility,
      Citizen: (id) => {
        const citizen = province.byId(id);
        const { person, ascii } = citizen;
        const random = randomFor(person.number, 'health');
        return {
          __typename: 'Citizen',
          id,
          insurance: {
            number: `DN4${person.number.slice(2)}`,
            level: random.int(1, 5),
            validFrom: date(random, 2023, 2024),
            validTo: date(random, 2026, 2027),
            facility: () => near(random, ascii),
          },
          immunizations: Array.from({ length: 3 }, (_, n) => ({
            vaccine: written(random.pick(VACCINES), ascii),
            date: date(random, 2019, 2025),
            dose: n + 1,
            note: written(random.pick(NOTES), ascii),
            facility: near(randomFor(`${person.number} ${n}`, 'immunization'), ascii),
          })),
          doctor: () => stub(province.tied(citizen, 'doctor')),
        };
      },
    },
  };
};

const RESULTS = ['Hoàn thành xuất sắc', 'Hoàn thành tốt', 'Hoàn thành', 'Cần cố gắng thêm ở môn Toán và Tiếng Việt'];
const CERTIFICATES = [
  'Bằng tốt nghiệp trung học cơ sở',
  'Bằng tốt nghiệp trung học phổ thông',
  'Chứng chỉ nghề trồng quế',
];

const education = (province: Province): Resolvers => {
  const school = (id: string): object => {
    const random = randomFor(String(numberOf(id)), 'school');
    const name = `Trường tiểu học và trung học cơ sở ${random.pick(PLACES)} số ${numberOf(id)}`;
    return {
      __typename: 'School',
      id,
      name: written(name, isAscii(id)),
      address: addressOf(random, isAscii(id)),
      pupils: random.int(80, 1_200),
      head: () => stub(province.headOf(`school ${numberOf(id)}`, isAscii(id))),
    };
  };
  return {
    root: {},
    entities: {
      School: school,
      Citizen: (id) => {
        const { person, ascii } = province.byId(id);
        const random = randomFor(person.number, 'education');
        return {
          __typename: 'Citizen',
          id,
          enrolments: Array.from({ length: 2 }, (_, n) => ({
            grade: 5 + n,
            from: `${2023 + n}-09-05`,
            to: `${2024 + n}-05-31`,
            result: written(random.pick(RESULTS), ascii),
            school: school(institution('school', random.int(1, 80), ascii)),
          })),
          certificates: Array.from({ length: 2 }, () => ({
            name: written(random.pick(CERTIFICATES), ascii),
            issued: date(random, 2012, 2024),
            average: random.int(50, 99) / 10,
          })),
        };
      },
    },
  };
};

const PURPOSES = ['Đất ở tại nông thôn', 'Đất trồng cây lâu năm', 'Đất rừng sản xuất', 'Đất trồng lúa nước còn lại'];
const ENCUMBRANCES = ['Thế chấp tại Ngân hàng Nông nghiệp chi nhánh huyện', 'Nằm trong quy hoạch đường tỉnh lộ 622'];

const land = (province: Province): Resolvers => {
  const parcel = (id: string): object => {
    const random = randomFor(String(numberOf(id)), 'parcel');
    const ascii = isAscii(id);
    return {
      __typename: 'Parcel',
      id,
      code: `51.${random.int(100, 999)}.${random.int(1_000, 9_999)}`,
      purpose: written(random.pick(PURPOSES), ascii),
      area: random.int(800, 90_000) / 10,
      address: addressOf(random, ascii),
      owners: () => [0, 1].map((n) => stub(province.headOf(`parcel ${numberOf(id)} ${n}`, ascii))),
      encumbrances: [written(random.pick(ENCUMBRANCES), ascii)],
    };
  };
  return {
    root: {
      parcels: ({ page, first }: Page) =>
        province.page(page, first).map(({ index, ascii }) => parcel(institution('parcel', index, ascii))),
    },
    entities: {
      Parcel: parcel,
      Citizen: (id) => {
        const { person, ascii } = province.byId(id);
        const random = randomFor(person.number, 'land');
        return {
          __typename: 'Citizen',
          id,
          holdings: Array.from({ length: 2 }, () => ({
            share: random.int(1, 4) / 4,
            since: date(random, 1995, 2024),
            certificate: `CS ${random.int(10_000, 99_999)}`,
            parcel: parcel(institution('parcel', random.int(1, 9_000), ascii)),
          })),
        };
      },
    },
  };
};

/** A citizen as another department knows one: by key. */
const stub = ({ id }: Citizen): object => ({ __typename: 'Citizen', id });
