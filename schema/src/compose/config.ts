import { basename, dirname, resolve } from 'node:path';
import { readText } from '../files.ts';
import { type Section, YamlFile } from '../yaml-file.ts';

/** Where a department answers and which files make up its schema. */
export interface DepartmentConfig {
  readonly name: string;
  readonly url: string;
  /** Absolute paths, in the order in which they are joined. */
  readonly schema: readonly string[];
}

/** A configuration of `lienthong compose`, with paths made absolute. */
export interface ComposeConfig {
  readonly departments: readonly DepartmentConfig[];
  /** `refuse`: the departments are our own; a field without a guard must carry `@tag(name: "public")`. */
  readonly unguarded: 'allow' | 'refuse';
  /** `required`: the departments are our own; each guarded field must say whose data it is (`@dataSubject`). */
  readonly dataSubjects: 'optional' | 'required';
  /** Folder of the catalogue that every scope and purpose must be in; absent: names are not compared. */
  readonly catalogue: string | undefined;
  /** Arguments (`Query.citizen(personalNumber:)`) by whose value anyone may search who may ask at all. */
  readonly freeArguments: ReadonlySet<string>;
}

const KEYS = ['departments', 'unguarded', 'dataSubjects', 'catalogue', 'freeArguments'];
/** `start` and `reads` are read by `lienthong up` alone. */
const DEPARTMENT_KEYS = ['url', 'schema', 'start', 'reads'];

/** Reads a composition's configuration file; throws an AdmissionError with file, line and key on any mistake. */
export function readComposeConfig(path: string): ComposeConfig {
  const folder = dirname(resolve(path));
  const root = new YamlFile(readText(path), basename(path)).root.only(KEYS);
  const departments = root.section('departments');
  if (departments.names.length === 0) {
    throw root.refuse('departments', 'cần ít nhất một ngành', 'needs at least one department');
  }
  return {
    departments: departments.names.map((name) => readDepartment(name, departments.section(name), folder)),
    unguarded: root.has('unguarded') ? root.word('unguarded', ['allow', 'refuse']) : 'allow',
    dataSubjects: root.has('dataSubjects') ? root.word('dataSubjects', ['optional', 'required']) : 'optional',
    catalogue: root.has('catalogue') ? resolve(folder, root.string('catalogue')) : undefined,
    freeArguments: new Set(root.has('freeArguments') ? root.strings('freeArguments') : []),
  };
}

function readDepartment(name: string, section: Section, folder: string): DepartmentConfig {
  section.only(DEPARTMENT_KEYS);
  for (const key of ['start', 'reads']) if (section.has(key)) section.string(key);
  const url = section.string('url');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw section.refuse('url', 'phải là địa chỉ http:// hoặc https://', 'must be an http:// or https:// address');
  }
  const schema = section.oneOrMore('schema');
  if (schema.length === 0) throw section.refuse('schema', 'cần ít nhất một tệp', 'needs at least one file');
  return { name, url, schema: schema.map((file) => resolve(folder, file)) };
}
