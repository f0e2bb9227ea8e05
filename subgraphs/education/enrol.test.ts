import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type EducationFixture, NOBODY, startEducation } from './fixture.ts';

let education: EducationFixture;
beforeAll(async () => {
  education = await startEducation();
});
afterAll(() => education?.stop());

beforeEach(async () => {
  await education.sql(`delete from enrolment where pupil in (select code from pupil
    where citizen_id in ('${education.daughter}', '${NOBODY}'))`);
  await education.sql(`delete from pupil where citizen_id = '${NOBODY}'`);
  await education.sql(`insert into enrolment (pupil, school, grade, started_on)
    select code, '21289-TH', 1, '2025-09-05' from pupil where citizen_id = '${education.daughter}'`);
});

const MUTATION = `mutation ($input: EnrolInput!) {
  enrol(input: $input) {
    citizen { id enrolments { school { code } grade from to } }
    enrolment { school { name } grade from to }
  }
}`;
const TRANSFER = { school: '21292-TH', grade: 1, from: '2026-01-12' };
const enrol = (input: Partial<typeof TRANSFER> & { citizen?: string }) =>
  education.ask(MUTATION, { input: { citizen: education.daughter, ...TRANSFER, ...input } });
const stored = (citizen: string) =>
  education.sql(`select school, grade, started_on, ended_on from enrolment join pupil on code = pupil
                 where citizen_id = '${citizen}' order by started_on`);

const AT_SON_HA = { school: '21289-TH', grade: 1, started_on: '2025-09-05', ended_on: null };

test('a transfer ends the present enrolment on the day before and opens the new one', async () => {
  expect(await enrol({})).toEqual({
    data: {
      enrol: {
        citizen: {
          id: education.daughter,
          enrolments: [
            { school: { code: '21292-TH' }, grade: 1, from: '2026-01-12', to: null },
            { school: { code: '21289-TH' }, grade: 1, from: '2025-09-05', to: '2026-01-11' },
          ],
        },
        enrolment: { school: { name: 'Trường Tiểu học Sơn Hạ' }, grade: 1, from: '2026-01-12', to: null },
      },
    },
  });
});

test('somebody not yet known becomes a pupil with a code of their own', async () => {
  const { errors } = await enrol({ citizen: NOBODY });
  expect(errors).toBeUndefined();
  expect(await stored(NOBODY)).toEqual([{ school: '21292-TH', grade: 1, started_on: '2026-01-12', ended_on: null }]);
  const [pupil] = await education.sql(`select code, number from pupil where citizen_id = '${NOBODY}'`);
  expect(pupil).toEqual({ code: expect.stringMatching(/^519\d{7}$/), number: null });
});

test.each([
  ['the same school and grade', { school: '21289-TH' }, 'CONFLICT', 'enrolment_present'],
  ['the first day of the present enrolment', { from: '2025-09-05' }, 'CONFLICT', 'enrolment_order'],
  ['an earlier day', { from: '2024-09-05' }, 'CONFLICT', 'enrolment_order'],
  ['an unknown school', { school: '99999-TH' }, 'BAD_USER_INPUT', 'school_unknown'],
  ['a grade of another level', { grade: 6 }, 'BAD_USER_INPUT', 'grade_level'],
  ['grade 0', { grade: 0 }, 'BAD_USER_INPUT', 'grade_level'],
  ['a year too far ahead', { from: '2062-01-12' }, 'BAD_USER_INPUT', 'enrolment_too_early'],
])('%s is refused and changes nothing', async (_case, input, code, reason) => {
  const { data, errors } = await enrol(input);
  expect(data).toEqual({ enrol: null });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions).toMatchObject({ code, reason });
  expect(await stored(education.daughter)).toEqual([AT_SON_HA]);
});

test('a personal number is not an id, and is not echoed', async () => {
  const answer = await enrol({ citizen: '051319000002' });
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'citizen_id' });
  expect(JSON.stringify(answer)).not.toContain('051319000002');
});

test('a new enrolment may not lie within one that has ended', async () => {
  await education.sql(`update enrolment set ended_on = '2026-05-31' where ended_on is null and pupil =
    (select code from pupil where citizen_id = '${education.daughter}')`);
  const { errors } = await enrol({ from: '2026-05-31' });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', reason: 'enrolment_order' });
  expect((await enrol({ from: '2026-06-01' })).errors).toBeUndefined();
});

test('an enrolment waits for one that is under way, and then judges by its outcome', async () => {
  const pupil = `(select code from pupil where citizen_id = '${education.daughter}')`;
  const another = [
    `select from pupil where citizen_id = '${education.daughter}' for update`,
    `update enrolment set ended_on = '2026-01-09' where ended_on is null and pupil = ${pupil}`,
    `insert into enrolment (pupil, school, grade, started_on) values (${pupil}, '21292-TH', 1, '2026-01-10')`,
  ];
  const { errors } = await education.whileAnother(another, () => enrol({}));
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', reason: 'enrolment_present' });
  expect(await stored(education.daughter)).toEqual([
    { ...AT_SON_HA, ended_on: '2026-01-09' },
    { school: '21292-TH', grade: 1, started_on: '2026-01-10', ended_on: null },
  ]);
});

test('a new pupil whom another school is just entering is entered once', async () => {
  const another = [`insert into pupil (citizen_id) values ('${NOBODY}')`];
  const { errors } = await education.whileAnother(another, () => enrol({ citizen: NOBODY }));
  expect(errors).toBeUndefined();
  expect(await stored(NOBODY)).toHaveLength(1);
});
