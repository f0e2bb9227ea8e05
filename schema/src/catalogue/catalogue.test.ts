import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { refusalsOf } from '../admission/refusal.ts';
import { CATALOGUE_FOLDER, loadCatalogue } from './catalogue.ts';

const catalogue = loadCatalogue();

describe("the province's catalogue", () => {
  test('has every purpose and legal basis of the domain', () => {
    expect([...catalogue.purposes.keys()]).toEqual(
      'TTHC ENROL BHYT LANDTX WELFARE KYC TREATMENT EMERGENCY STATS AUDIT'.split(' '),
    );
    expect([...catalogue.legalBases.keys()]).toEqual('CONSENT NO_CONSENT MANDATORY_SHARE CHILD_REP SELF'.split(' '));
  });

  test('names scopes as department:category:verb, once more guarded where many people are listed', () => {
    for (const scope of catalogue.scopes.keys()) {
      if (scope !== 'schema:introspect') expect(scope).toMatch(/^[a-z]+:[a-z]+:(read|verify|write)(:bulk)?$/);
      if (scope.endsWith(':bulk')) expect(catalogue.scopes.has(scope.slice(0, -':bulk'.length))).toBe(true);
    }
  });

  test('calls sensitive what the law calls sensitive', () => {
    const sensitive = [...catalogue.scopes].filter(([, { sensitivity }]) => sensitivity === 'sensitive');
    expect(sensitive.map(([scope]) => scope)).toEqual([
      'citizens:sensitive:read',
      'health:immunization:read',
      'health:clinical:read',
      'land:encumbrance:read',
    ]);
  });

  test('uses every category and legal basis', () => {
    const scopes = [...catalogue.scopes.values()];
    expect(new Set(scopes.flatMap(({ categories }) => categories))).toEqual(new Set(catalogue.categories.keys()));
    const bases = [...scopes, ...catalogue.purposes.values()].flatMap(({ legalBases }) => legalBases);
    expect(new Set(bases)).toEqual(new Set(catalogue.legalBases.keys()));
  });

  test('delays what people read of disclosures for an inspection, and nothing else', () => {
    const delayed = [...catalogue.purposes].filter(([, { shownAfterDays }]) => shownAfterDays > 0);
    expect(delayed.map(([code, { shownAfterDays }]) => [code, shownAfterDays])).toEqual([['AUDIT', 30]]);
  });

  test('names the agencies of the province', () => {
    expect(catalogue.agencies.get('H48.14')).toEqual({ vi: 'Sở Y tế', en: 'Department of Health' });
  });

  test('cannot be changed by whoever reads it', () => {
    const scope = catalogue.scopes.get('citizens:basic:read');
    expect([catalogue, scope, scope?.categories, scope?.legalBases].every(Object.isFrozen)).toBe(true);
  });
});

describe('a mistake is refused with file, line and key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    [
      'scopes.yaml',
      'sensitivity: sensitive\n    categories: [clinical]',
      'sensitivity: basic\n    categories: [clinical]',
      'health:clinical:read.sensitivity: thấp hơn mức',
    ],
    [
      'scopes.yaml',
      'categories: [clinical]',
      'categories: [klinisch]',
      'health:clinical:read.categories: không có mục «klinisch»',
    ],
    ['scopes.yaml', 'legalBases: [SELF]', 'legalBases: [SELFIE]', 'audit:self:read.legalBases: không có mục «SELFIE»'],
    [
      'scopes.yaml',
      'sensitivity: public\n    categories',
      'sensitivity: secret\n    categories',
      'schema:introspect.sensitivity: phải là public | basic | sensitive',
    ],
    ['purposes.yaml', 'en: "Statistics"', 'eng: "Statistics"', 'purposes.STATS.eng: khoá lạ; có phải «en»?'],
    [
      'purposes.yaml',
      'shownAfterDays: 30',
      'shownAfterDays: a month',
      'purposes.AUDIT.shownAfterDays: phải là số ngày',
    ],
    ['agencies.yaml', 'en: "Viettel"', 'fr: "Viettel"', 'agencies.viettel.fr: khoá lạ'],
    [
      'legal-bases.yaml',
      'en: "Consent of the data subject"',
      'en: ""',
      'legalBases.CONSENT.en: phải là chuỗi không rỗng',
    ],
  ])('%s: %s', (file, right, wrong, message) => {
    cpSync(CATALOGUE_FOLDER, folder, { recursive: true });
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toContain(right);
    writeFileSync(join(folder, file), text.replace(right, wrong));
    const result = refusalsOf(() => loadCatalogue(folder));
    expect('refusals' in result && result.refusals.map((each) => each.message)).toEqual([
      expect.stringContaining(message),
    ]);
    expect('refusals' in result && result.refusals[0]?.message).toMatch(new RegExp(`^${file}:\\d+:\\d+ `));
  });
});
