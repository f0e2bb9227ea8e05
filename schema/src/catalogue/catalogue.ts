import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readText } from '../files.ts';
import { type Section, YamlFile } from '../yaml-file.ts';

/** Law 91/2025/QH15: no personal data, basic personal data, sensitive personal data. Rising. */
export const SENSITIVITIES = ['public', 'basic', 'sensitive'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** A text in Vietnamese and English. */
export interface Bilingual {
  readonly vi: string;
  readonly en: string;
}

/** A category of data, as a scope opens it. */
export interface Category extends Bilingual {
  readonly sensitivity: Sensitivity;
}

/** What a token may carry. */
export interface Scope extends Bilingual {
  readonly sensitivity: Sensitivity;
  readonly categories: readonly string[];
  readonly legalBases: readonly string[];
  /** Why no department's schema names it; absent where one does. */
  readonly reserved?: string;
}

/** What data is wanted for. */
export interface Purpose extends Bilingual {
  readonly legalBases: readonly string[];
  /** Days from a disclosure for this purpose until the person whose data it was may read of it. */
  readonly shownAfterDays: number;
  readonly reserved?: string;
}

/** What a release rests on. */
export interface LegalBasis extends Bilingual {
  readonly law?: string;
}

/** The province's vocabulary of authorization and evidence, by code. The entries are frozen. */
export interface Catalogue {
  /** Names of those to whom data are disclosed, by `org`. */
  readonly agencies: ReadonlyMap<string, Bilingual>;
  readonly categories: ReadonlyMap<string, Category>;
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly purposes: ReadonlyMap<string, Purpose>;
  readonly legalBases: ReadonlyMap<string, LegalBasis>;
}

/** `schema/catalogue` of this repository. */
export const CATALOGUE_FOLDER = fileURLToPath(new URL('../../catalogue/', import.meta.url));

/** Reads the files of a folder: scopes, purposes, legal bases, agencies; throws an AdmissionError on any mistake. */
export function loadCatalogue(folder: string = CATALOGUE_FOLDER): Catalogue {
  const scopeFile = open(folder, 'scopes.yaml').only(['categories', 'scopes']);
  const purposeFile = open(folder, 'purposes.yaml').only(['purposes']);
  const basisFile = open(folder, 'legal-bases.yaml').only(['legalBases']);
  const agencyFile = open(folder, 'agencies.yaml').only(['agencies']);

  const legalBases = entries(basisFile.section('legalBases'), readLegalBasis);
  const categories = entries(scopeFile.section('categories'), (entry) =>
    Object.freeze({
      ...bilingual(entry.only(['vi', 'en', 'sensitivity'])),
      sensitivity: entry.word('sensitivity', SENSITIVITIES),
    }),
  );
  const scopes = entries(scopeFile.section('scopes'), (entry) => readScope(entry, categories, legalBases));
  const purposes = entries(purposeFile.section('purposes'), (entry) =>
    Object.freeze({
      ...bilingual(entry.only(['vi', 'en', 'legalBases', 'shownAfterDays', 'reserved'])),
      legalBases: known(entry, 'legalBases', legalBases),
      shownAfterDays: days(entry, 'shownAfterDays'),
      ...reserved(entry),
    }),
  );
  const agencies = entries(agencyFile.section('agencies'), (entry) =>
    Object.freeze(bilingual(entry.only(['vi', 'en']))),
  );
  return Object.freeze({ agencies, categories, scopes, purposes, legalBases });
}

function readScope(
  entry: Section,
  categories: ReadonlyMap<string, Category>,
  legalBases: ReadonlyMap<string, LegalBasis>,
): Scope {
  entry.only(['vi', 'en', 'sensitivity', 'categories', 'legalBases', 'reserved']);
  const sensitivity = entry.word('sensitivity', SENSITIVITIES);
  const names = known(entry, 'categories', categories);
  for (const name of names) {
    const category = categories.get(name);
    if (category === undefined || rank(category.sensitivity) <= rank(sensitivity)) continue;
    throw entry.refuse(
      'sensitivity',
      `thấp hơn mức «${category.sensitivity}» của loại dữ liệu «${name}»`,
      `is lower than "${category.sensitivity}" of its category "${name}"`,
    );
  }
  return Object.freeze({
    ...bilingual(entry),
    sensitivity,
    categories: names,
    legalBases: known(entry, 'legalBases', legalBases),
    ...reserved(entry),
  });
}

function readLegalBasis(entry: Section): LegalBasis {
  entry.only(['vi', 'en', 'law']);
  return Object.freeze({ ...bilingual(entry), ...(entry.has('law') ? { law: entry.string('law') } : {}) });
}

const open = (folder: string, name: string): Section => new YamlFile(readText(join(folder, name)), name).root;

const entries = <Entry>(section: Section, read: (entry: Section) => Entry): ReadonlyMap<string, Entry> =>
  new Map(section.names.map((name) => [name, read(section.section(name))]));

const bilingual = (entry: Section): Bilingual => ({ vi: entry.string('vi'), en: entry.string('en') });

const reserved = (entry: Section) => (entry.has('reserved') ? { reserved: entry.string('reserved') } : {});

const MAX_DAYS = 3650;

function days(entry: Section, name: string): number {
  if (!entry.has(name)) return 0;
  const value = entry.json(name);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_DAYS) return value;
  throw entry.refuse(name, `phải là số ngày, 0 đến ${MAX_DAYS}`, `must be a number of days, 0 to ${MAX_DAYS}`);
}

const rank = (sensitivity: Sensitivity): number => SENSITIVITIES.indexOf(sensitivity);

function known(entry: Section, name: string, table: ReadonlyMap<string, unknown>): readonly string[] {
  const codes = entry.strings(name);
  const unknown = codes.find((code) => !table.has(code));
  if (unknown === undefined) return codes;
  throw entry.refuse(name, `không có mục «${unknown}»`, `there is no entry "${unknown}"`);
}
