import { type CompositionResult, composeServices } from '@apollo/composition';
import type { GraphQLSchema } from 'graphql';
import { betrayedValues, unknownFreeArguments } from '../admission/betrayed-values.ts';
import { notCatalogued } from '../admission/catalogued.ts';
import { unservedContexts } from '../admission/context.ts';
import { differingDataSubjects, droppedDataSubjects } from '../admission/data-subject-differs.ts';
import { enclosedByNobody } from '../admission/data-subject-enclosing.ts';
import { keysTakenForPersons } from '../admission/data-subject-key.ts';
import { missingDataSubjects } from '../admission/data-subject-missing.ts';
import { type DepartmentSchema, readDepartment } from '../admission/department.ts';
import { droppedGuards } from '../admission/dropped-guard.ts';
import { lostGuards, type Version } from '../admission/guard-lost.ts';
import { guardedKeys } from '../admission/guarded-keys.ts';
import { notNullableRoots } from '../admission/nullable-roots.ts';
import { type Problem, refusalsOf } from '../admission/refusal.ts';
import { differingRenames } from '../admission/renames.ts';
import { unguardedFields } from '../admission/unguarded.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { apiSchemaOf } from '../rules/api-schema.ts';
import { parseSdl, type Rules, readRules } from '../rules/read.ts';
import { readDataSubjects } from '../subjects/read.ts';

/** What the departments' schemas are held to. */
export interface AdmissionPolicy {
  readonly unguarded: 'allow' | 'refuse';
  /** Whether each guarded field must say whose data it is. */
  readonly dataSubjects: 'optional' | 'required';
  readonly catalogue?: Catalogue;
  readonly freeArguments: ReadonlySet<string>;
  /** The supergraph that is served now: no coordinate may lose its guard. */
  readonly previous?: Version;
  /** Coordinates that may lose it. */
  readonly acknowledged: ReadonlySet<string>;
}

/** A supergraph that was admitted, or everything that speaks against it. */
export type Admission =
  | {
      readonly ok: true;
      readonly supergraph: string;
      readonly rules: Rules;
      readonly schema: GraphQLSchema;
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] };

/** Composes departments and applies the admission checks of AUTHORIZATION §3, in the order of the code below. */
export function admit(departments: readonly DepartmentSchema[], policy: AdmissionPolicy): Admission {
  const read = departments.map((department) => ({ name: department.name, ...readDepartment(department) }));
  const written = [
    ...read.flatMap(({ refusals }) => refusals),
    ...differingRenames(departments),
    ...differingDataSubjects(read),
    ...read.flatMap((each) => (policy.catalogue ? notCatalogued(each, policy.catalogue) : [])),
  ];
  // What is wrong so far changes what composition says, so its words would only mislead.
  if (written.length > 0) return { ok: false, errors: written, warnings: [] };

  const composition = compose(departments);
  if (composition.supergraphSdl === undefined) return { ok: false, errors: problemsOf(composition), warnings: [] };

  const supergraph = composition.supergraphSdl;
  const readOrNot = refusalsOf(() => ({ rules: readRules(supergraph), subjects: readDataSubjects(supergraph) }));
  if ('refusals' in readOrNot) return { ok: false, errors: readOrNot.refusals, warnings: [] };
  const { rules, subjects } = readOrNot.value;
  const schema = apiSchemaOf(supergraph);

  const ours = policy.unguarded === 'refuse';
  const strict = [...notNullableRoots(rules, schema), ...betrayedValues(rules, schema, policy.freeArguments)];
  const errors: Problem[] = [
    ...read.flatMap((department) => droppedGuards(department, rules)),
    ...(policy.previous ? lostGuards(policy.previous, { rules, schema }, policy.acknowledged) : []),
    ...unknownFreeArguments(schema, policy.freeArguments),
    ...unservedContexts(parseSdl(supergraph)),
    ...read.flatMap((department) => droppedDataSubjects(department, subjects)),
    ...enclosedByNobody(subjects, schema),
    ...(policy.dataSubjects === 'required'
      ? [
          ...missingDataSubjects(departments, rules, subjects, schema),
          ...keysTakenForPersons(parseSdl(supergraph), subjects),
        ]
      : []),
    ...(ours ? [...unguardedFields(rules, schema), ...strict] : []),
  ];
  // Other departments' schemas may have good reasons that a machine does not see: there these are warnings.
  const warnings: Problem[] = [...(ours ? [] : strict), ...guardedKeys(parseSdl(supergraph), rules)];
  return errors.length > 0 ? { ok: false, errors, warnings } : { ok: true, supergraph, rules, schema, warnings };
}

function compose(departments: readonly DepartmentSchema[]): CompositionResult {
  return composeServices(departments.map(({ name, url, document }) => ({ name, url, typeDefs: document })));
}

/** Composition's own errors, with its own codes. */
function problemsOf({ errors }: CompositionResult): readonly Problem[] {
  return (errors ?? []).map((error) => {
    const code = error.extensions.code;
    return { code: typeof code === 'string' ? code : 'COMPOSITION_ERROR', message: error.message };
  });
}
