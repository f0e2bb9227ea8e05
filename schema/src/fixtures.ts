import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import type { DepartmentSchema } from './admission/department.ts';
import type { Problem } from './admission/refusal.ts';
import { type AdmissionPolicy, admit } from './compose/admit.ts';
import { apiSchemaOf } from './rules/api-schema.ts';
import { readRules } from './rules/read.ts';

/** A department's SDL for tests, with the federation link on top. `imports` replaces the usual list. */
export const department = (sdl: string, imports = USUAL_IMPORTS): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])\n${sdl}`;

/** What a department adds that states data subjects; `import` replaces how the directive is imported. */
export const subjectLink = (imported = '"@dataSubject"', name = 'dataSubject'): string => `extend schema
  @link(url: "https://specs.lienthong.example/dataSubject/v0.1", import: [${imported}])
  @composeDirective(name: "@${name}")
directive @${name}(enclosing: Boolean, path: String, argument: String, none: String) repeatable on OBJECT | FIELD_DEFINITION
`;

const USUAL_IMPORTS = `"@key", "@shareable", "@external", "@requires", "@inaccessible", "@override", "@tag",
  "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize", "@context", "@fromContext", "@interfaceObject", "@composeDirective"`;

/** Composes department SDLs into a supergraph, or fails the test with composition's own words. */
export function composed(...departments: readonly string[]): string {
  const result = composeServices(
    departments.map((sdl, index) => ({
      name: `department${index + 1}`,
      url: `http://127.0.0.1:${4101 + index}/graphql`,
      typeDefs: parse(sdl),
    })),
  );
  if (result.supergraphSdl === undefined) throw new Error(result.errors?.map(({ message }) => message).join('\n'));
  return result.supergraphSdl;
}

/** The code of the AdmissionError that `act` throws; undefined when it throws none. */
export function refusedWith(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
    throw error;
  }
  return undefined;
}

/** Department SDLs as admission takes them: `department1`, `department2`, … */
export const departments = (...sdls: readonly string[]): readonly DepartmentSchema[] =>
  sdls.map((sdl, index) => ({
    name: `department${index + 1}`,
    url: `http://127.0.0.1:${4101 + index}/graphql`,
    document: parse(sdl),
  }));

/** What admission says of departments: `CODE coordinate` of every error, then of every warning. */
export function verdict(sdls: readonly string[], policy: Partial<AdmissionPolicy> = {}) {
  const admission = admit(departments(...sdls), {
    unguarded: 'allow',
    dataSubjects: 'optional',
    freeArguments: new Set(),
    acknowledged: new Set(),
    ...policy,
  });
  const short = ({ code, coordinate }: Problem) => (coordinate === undefined ? code : `${code} ${coordinate}`);
  return { errors: admission.ok ? [] : admission.errors.map(short), warnings: admission.warnings.map(short) };
}

/** A supergraph with its rules and the schema callers see. */
export const version = (supergraph: string) => ({ rules: readRules(supergraph), schema: apiSchemaOf(supergraph) });
