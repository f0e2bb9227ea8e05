import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Section, YamlFile } from '@lienthong/schema/yaml-file';
import type { CompositionCase, FederationText, Table } from './model.ts';
import { type Federations, readCase } from './read-case.ts';
import { departmentsOf, plainRecord } from './read-values.ts';

const TABLES = join(import.meta.dirname, 'tables');

const FILE_KEYS = ['rule', 'title', 'says', 'federations', 'cases', 'compositions'];
const FEDERATION_KEYS = ['departments', 'data'];
const COMPOSITION_KEYS = [
  'id',
  'shows',
  'rules',
  'departments',
  'unguarded',
  'dataSubjects',
  'before',
  'acknowledged',
  'expect',
];

/** Every table, in the order of their names. */
export const readTables = (): readonly Table[] =>
  readdirSync(TABLES)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readTable(readFileSync(join(TABLES, name), 'utf8'), name));

/**
 * One table, parsed: what comes back can be run as it is.
 *
 * @throws AdmissionError with file, line, column and key
 */
export const readTable = (text: string, file: string): Table => {
  const root = new YamlFile(text, file).root.only(FILE_KEYS);
  const rule = root.string('rule');
  const federations = root.has('federations') ? readFederations(root.section('federations'), file) : new Map();
  const sections = root.has('cases') ? root.sections('cases') : [];
  const table: Table = {
    file,
    rule,
    title: root.string('title'),
    says: root.string('says').trim(),
    federations,
    cases: sections.map((section) => readCase(section, rule, federations)),
    compositions: root.has('compositions')
      ? root.sections('compositions').map((section) => readComposition(section, rule))
      : [],
  };
  const ids = new Map<string, Section>();
  for (const section of [...sections, ...(root.has('compositions') ? root.sections('compositions') : [])]) {
    const id = section.string('id');
    if (ids.has(id)) throw section.refuse('id', `«${id}» đã có trong tệp`, `"${id}" is in this file already`);
    ids.set(id, section);
  }
  if (ids.size === 0) throw root.refuse('cases', 'cần ít nhất một trường hợp', 'needs at least one case');
  return table;
};

const readFederations = (section: Section, file: string): Federations =>
  new Map(
    section.names.map((name): [string, FederationText] => {
      const federation = section.section(name).only(FEDERATION_KEYS);
      const data = federation.section('data');
      return [
        name,
        {
          name: `${file}:${name}`,
          departments: departmentsOf(federation, 'departments'),
          data: new Map(data.names.map((object) => [object, plainRecord(data, object)])),
        },
      ];
    }),
  );

const readComposition = (section: Section, rule: string): CompositionCase => {
  section.only(COMPOSITION_KEYS);
  const expect = section.section('expect').only(['errors', 'warnings']);
  return {
    id: section.string('id'),
    shows: section.string('shows'),
    rules: [rule, ...(section.has('rules') ? section.strings('rules') : [])],
    departments: departmentsOf(section, 'departments'),
    unguarded: section.has('unguarded') ? section.word('unguarded', ['allow', 'refuse']) : 'allow',
    dataSubjects: section.has('dataSubjects') ? section.word('dataSubjects', ['optional', 'required']) : 'optional',
    ...(section.has('before') ? { before: departmentsOf(section, 'before') } : {}),
    acknowledged: section.has('acknowledged') ? section.strings('acknowledged') : [],
    // Required, so that no case passes because nobody said what it should find.
    errors: expect.strings('errors'),
    warnings: expect.has('warnings') ? expect.strings('warnings') : [],
  };
};
