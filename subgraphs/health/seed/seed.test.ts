import { expect, test } from '@jest/globals';
import { AS_OF } from '@lienthong/population';
import { allergyRows, diagnosisRows } from './clinical.ts';
import { facilities, stationOf } from './facilities.ts';
import { doseRows, SERIES } from './immunization.ts';
import { insuranceRow } from './insurance.ts';
import { ageOn, FIXED_MAN, residents } from './people.ts';

const FIXED_DAUGHTER = '051319000002';
const everybody = [...residents({ citizens: 2_000, progress: () => undefined }, 'test')];
const residentOf = (number: string) => {
  const found = everybody.find(({ person }) => person.number === number);
  if (found === undefined) throw new Error(`${number} is not in the invented province`);
  return found;
};
const EPI_DOSES = SERIES[0][1];

test('the fixed man is insured to the end of 2026 at the station of Sơn Hà, allergic to penicillin, with one diagnosis', () => {
  const man = residentOf(FIXED_MAN);
  expect(insuranceRow(man)).toEqual([
    FIXED_MAN,
    'GD4512101234567',
    'GD',
    4,
    '2026-01-01',
    '2026-12-31',
    stationOf('21289'),
  ]);
  expect(allergyRows(man.person)).toEqual([[FIXED_MAN, 'Penicillin', 'SEVERE']]);
  expect(diagnosisRows(man.person)).toEqual([[FIXED_MAN, 'I10', '2021-06-14']]);
});

test('the fixed daughter has had every dose of the expanded programme', () => {
  const doses = doseRows(residentOf(FIXED_DAUGHTER).person);
  expect(doses).toHaveLength(EPI_DOSES);
  expect(new Set(doses.map(([, series]) => series))).toEqual(new Set(['EPI']));
});

test('about 92 in 100 living people are insured, nobody under two card numbers', () => {
  const living = everybody.filter(({ person }) => person.deathDate === null);
  const rows = living.map(insuranceRow).filter((row) => row !== null);
  expect(rows.length / living.length).toBeGreaterThan(0.89);
  expect(rows.length / living.length).toBeLessThan(0.95);
  const cards = rows.map(([, card]) => card).filter((card) => card !== null);
  expect(new Set(cards).size).toBe(cards.length);
  for (const card of cards) expect(card).toMatch(/^[A-Z]{2}[1-5](51|62)\d{10}$/);
});

test('insurance fits the person: small children free of charge, cover ends with death', () => {
  for (const resident of everybody) {
    const row = insuranceRow(resident);
    if (row === null) continue;
    const [, , group, , from, to] = row;
    const { person } = resident;
    if (person.deathDate !== null) expect(to).toBe(person.deathDate);
    else expect(group === 'TE').toBe(ageOn(person, AS_OF) < 6);
    expect(String(from) <= String(to)).toBe(true);
  }
});

test('nobody is given a dose before birth, after death or after the province’s day', () => {
  const doses = everybody.flatMap(({ person }) => doseRows(person).map((dose) => ({ person, date: dose[4] })));
  expect(doses.length).toBeGreaterThan(3_000);
  for (const { person, date } of doses) {
    expect(date >= person.birthDate.slice(0, 4)).toBe(true);
    expect(date <= (person.deathDate ?? AS_OF)).toBe(true);
  }
});

test('some children have all doses, some dropped out, and small ones are under way', () => {
  const given = everybody
    .filter(({ person }) => person.birthYear >= 2015)
    .map(({ person }) => doseRows(person).filter(([, series]) => series === 'EPI').length);
  expect(given.some((doses) => doses === EPI_DOSES)).toBe(true);
  expect(given.some((doses) => doses > 0 && doses < EPI_DOSES)).toBe(true);
  expect(Math.max(...given)).toBe(EPI_DOSES);
});

test('every commune has its health station; codes are unique', () => {
  expect(new Set(facilities.map(({ code }) => code)).size).toBe(facilities.length);
  expect(facilities.filter(({ name }) => name.startsWith('Trạm Y tế'))).toHaveLength(96);
  expect(facilities).toContainEqual({ code: stationOf('21289'), name: 'Trạm Y tế xã Sơn Hà', commune: '21289' });
});
