import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { places } from './communes.ts';
import { AS_OF, familyLinks, type Household, households, type Person } from './index.ts';

const DEFAULT_SIZE = 2000;
const province = [...households(DEFAULT_SIZE)];
const everyone = province.flatMap(({ members }) => members);

function digest(stream: Iterable<Household>): string {
  const hash = createHash('sha256');
  for (const household of stream) hash.update(JSON.stringify(household));
  return hash.digest('hex');
}

describe('the number of people', () => {
  test.each([0, 1, 2, 3, 4, 5, 97, 500, 1999, 2000, 2001])('%i are asked for, as many come', (size) => {
    const people = [...households(size)].flatMap(({ members }) => members);
    expect(people).toHaveLength(size);
  });

  test.each([-1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', (size) => {
    expect(() => households(size).next()).toThrow(RangeError);
  });
});

describe('determinism', () => {
  test('two streams are equal', () => {
    expect(digest(households(DEFAULT_SIZE))).toBe(digest(province));
  });

  test('the default province is the one that departments have seeded', () => {
    expect(digest(province)).toBe('f9e68a26d974c487eb55682c19ceb2a153731347137e90d837e97b7d9543fc47');
  });
});

describe('communes', () => {
  test('there are 96, and the default province has people in each', () => {
    expect(places).toHaveLength(96);
    expect(new Set(province.map(({ commune }) => commune))).toEqual(new Set(places.map(({ code }) => code)));
  });

  test('wards have more households than highland communes', () => {
    const count = new Map<string, number>();
    for (const { commune } of households(20_000)) count.set(commune, (count.get(commune) ?? 0) + 1);
    expect(count.get('21025')).toBeGreaterThan(2 * (count.get('23425') ?? 0));
  });

  test('household codes are unique', () => {
    expect(new Set(province.map(({ code }) => code)).size).toBe(province.length);
  });
});

describe('personal numbers', () => {
  test('are 12 digits and unique', () => {
    expect(everyone.filter(({ number }) => !/^\d{12}$/.test(number))).toEqual([]);
    expect(new Set(everyone.map(({ number }) => number)).size).toBe(everyone.length);
  });

  test('tell the sex and the year of birth', () => {
    const wrong = everyone.filter(({ number, sex, birthYear }) => {
      const digit = Number(number[3]);
      const year = 1900 + 100 * Math.floor(digit / 2) + Number(number.slice(4, 6));
      return (digit % 2 === 0 ? 'MALE' : 'FEMALE') !== sex || year !== birthYear;
    });
    expect(wrong).toEqual([]);
  });

  test('are mostly of the province the commune belonged to', () => {
    const born = (side: (commune: string) => boolean): string[] =>
      province
        .filter(({ commune }) => side(commune))
        .flatMap(({ members }) => members.map(({ number }) => number.slice(0, 3)));
    const share = (codes: string[], code: string): number =>
      codes.filter((each) => each === code).length / codes.length;
    expect(
      share(
        born((commune) => commune >= '23284'),
        '062',
      ),
    ).toBeGreaterThan(0.9);
    expect(
      share(
        born((commune) => commune < '23284'),
        '051',
      ),
    ).toBeGreaterThan(0.9);
    expect(
      share(
        everyone.map(({ number }) => number.slice(0, 3)),
        '079',
      ),
    ).toBeGreaterThan(0);
  });
});

describe('dates', () => {
  test('birth dates agree with the year and some are the year alone', () => {
    expect(everyone.filter(({ birthDate, birthYear }) => !birthDate.startsWith(String(birthYear)))).toEqual([]);
    expect(everyone.filter(({ birthDate }) => !/^\d{4}(-\d\d(-\d\d)?)?$/.test(birthDate))).toEqual([]);
    expect(everyone.filter(({ birthDate }) => birthDate.length === 4).length).toBeGreaterThan(20);
  });

  test('nobody dies before birth, nor after the day the province stands still', () => {
    const dead = everyone.filter(({ deathDate }) => deathDate !== null);
    expect(dead.length).toBeGreaterThan(20);
    expect(
      dead.filter(
        ({ deathDate, birthYear }) => (deathDate ?? '') > AS_OF || Number(deathDate?.slice(0, 4)) <= birthYear,
      ),
    ).toEqual([]);
  });

  test('nobody moves in later than today', () => {
    expect(province.filter(({ since }) => since > AS_OF)).toEqual([]);
  });
});

describe('families', () => {
  const links = province.flatMap((household) => [...familyLinks(household)]);
  const age = (person: Person, relative: Person): number => person.birthYear - relative.birthYear;

  test('guardians are 18 to 45 years older than their children', () => {
    const guardians = links.filter(({ role }) => role === 'GUARDIAN');
    expect(guardians.length).toBeGreaterThan(500);
    expect(
      guardians.filter(({ person, relative }) => age(person, relative) < 18 || age(person, relative) > 45),
    ).toEqual([]);
  });

  test('spouses are of similar age and opposite sex, and married or widowed', () => {
    const spouses = links.filter(({ role }) => role === 'SPOUSE');
    expect(spouses.length).toBeGreaterThan(500);
    for (const { person, relative } of spouses) {
      expect(Math.abs(age(person, relative))).toBeLessThanOrEqual(8);
      expect(person.sex).not.toBe(relative.sex);
      expect(person.maritalStatus).toBe(relative.deathDate === null ? 'MARRIED' : 'WIDOWED');
    }
  });

  test('every link has its counterpart', () => {
    const counterpart = {
      GUARDIAN: 'CHILD',
      CHILD: 'GUARDIAN',
      SPOUSE: 'SPOUSE',
    } as const;
    const keys = new Set(links.map(({ person, relative, role }) => `${person.number} ${role} ${relative.number}`));
    const alone = links.filter(
      ({ person, relative, role }) => !keys.has(`${relative.number} ${counterpart[role]} ${person.number}`),
    );
    expect(alone).toEqual([]);
  });

  test('nobody dies before a child is born', () => {
    const late = links.filter(
      ({ person, relative, role }) =>
        role === 'CHILD' && person.deathDate !== null && person.deathDate < relative.birthDate,
    );
    expect(late).toEqual([]);
  });

  test('the first member is the head, who is alive', () => {
    expect(province.filter(({ members: [head] }) => head?.role !== 'HEAD' || head.deathDate !== null)).toEqual([]);
  });

  test('every marital status and three generations occur', () => {
    expect(new Set(everyone.map(({ maritalStatus }) => maritalStatus))).toEqual(
      new Set(['SINGLE', 'MARRIED', 'WIDOWED', 'DIVORCED']),
    );
    expect(
      province.some(({ members }) =>
        ['PARENT', 'CHILD'].every((role) => members.some((member) => member.role === role)),
      ),
    ).toBe(true);
  });
});

describe('names', () => {
  test('are in NFC and made of their parts', () => {
    expect(
      everyone.filter(({ fullName }) => fullName !== fullName.normalize('NFC') || fullName !== fullName.trim()),
    ).toEqual([]);
    expect(everyone.filter(({ fullName, givenName }) => !fullName.endsWith(givenName))).toEqual([]);
  });

  test('Ba Na and Xơ Đăng have no surname: A for men, Y for women', () => {
    const highland = everyone.filter(({ ethnicity }) => ethnicity === 'BANA' || ethnicity === 'XODANG');
    expect(highland.length).toBeGreaterThan(100);
    const odd = highland.filter(
      ({ familyName, fullName, sex }) => familyName !== null || !fullName.startsWith(sex === 'MALE' ? 'A ' : 'Y '),
    );
    expect(odd).toEqual([]);
  });

  test('Hrê and Cor live in the west of old Quảng Ngãi, Ba Na on the Kon Tum side', () => {
    const where = (ethnicity: string): string[] =>
      province.filter(({ members }) => members[0]?.ethnicity === ethnicity).map(({ commune }) => commune);
    expect(where('HRE').filter((commune) => commune < '21289' || commune > '21538')).toEqual([]);
    expect(where('COR').filter((commune) => commune < '21115' || commune > '21157')).toEqual([]);
    expect(where('BANA').filter((commune) => commune < '23284')).toEqual([]);
    expect([where('HRE'), where('COR'), where('BANA')].every((communes) => communes.length > 5)).toBe(true);
  });

  test('children bear their father’s surname', () => {
    const strange = province.flatMap(({ members }) => {
      const father = members.find(({ role, sex }) => (role === 'HEAD' || role === 'SPOUSE') && sex === 'MALE');
      return members.filter(
        ({ role, familyName }) => role === 'CHILD' && father !== undefined && familyName !== father.familyName,
      );
    });
    expect(strange).toEqual([]);
  });
});

test('the fixed household is as documented', () => {
  expect(province[0]).toEqual({
    index: 0,
    code: '21289-0000000',
    commune: '21289',
    address: 'Tổ 2, thôn Hàng Gòn',
    since: '2012-05-20',
    members: [
      expect.objectContaining({
        number: '051085000001',
        fullName: 'Phạm Văn Hiếu',
        birthDate: '1985-03-12',
        fixed: true,
      }),
      expect.objectContaining({
        number: '051187000003',
        fullName: 'Đinh Thị Hoa',
        ethnicity: 'HRE',
        fixed: true,
      }),
      expect.objectContaining({
        number: '051319000002',
        fullName: 'Phạm Thị Mai',
        birthDate: '2019-04-05',
        sex: 'FEMALE',
      }),
    ],
  });
  expect(everyone.filter(({ fixed }) => fixed)).toHaveLength(3);
});
