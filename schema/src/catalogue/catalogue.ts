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
  readonly reserved?: string;
}

/** What a release rests on. */
export interface LegalBasis extends Bilingual {
  readonly law?: string;
}

/** The province's vocabulary of authorization, by code. The entries are frozen. */
export interface Catalogue {
  readonly categories: ReadonlyMap<string, Category>;
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly purposes: ReadonlyMap<string, Purpose>;
  readonly legalBases: ReadonlyMap<string, LegalBasis>;
}

/** `schema/catalogue` of this repository. */
export const CATALOGUE_FOLDER = fileURLToPath(new URL('../../catalogue/', import.meta.url));

/** Reads `scopes.yaml`, `purposes.yaml` and `legal-bases.yaml` of a folder; throws an AdmissionError on any mistake. */
export function loadCatalogue(folder: string = CATALOGUE_FOLDER): Catalogue {
  const scopeFile = open(folder, 'scopes.yaml').only(['categories', 'scopes']);
  const purposeFile = open(folder, 'purposes.yaml').only(['purposes']);
  const basisFile = open(folder, 'legal-bases.yaml').only(['legalBases']);

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
      ...bilingual(entry.only(['vi', 'en', 'legalBases', 'reserved'])),
      legalBases: known(entry, 'legalBases', legalBases),
      ...reserved(entry),
    }),
  );
  return Object.freeze({ categories, scopes, purposes, legalBases });
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

const rank = (sensitivity: Sensitivity): number => SENSITIVITIES.indexOf(sensitivity);

function known(entry: Section, name: string, table: ReadonlyMap<string, unknown>): readonly string[] {
  const codes = entry.strings(name);
  const unknown = codes.find((code) => !table.has(code));
  if (unknown === undefined) return codes;
  throw entry.refuse(name, `không có mục «${unknown}»`, `there is no entry "${unknown}"`);
}
