import { dirname, resolve } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { type Problem, refusalsOf } from '../admission/refusal.ts';
import { type Catalogue, loadCatalogue } from '../catalogue/catalogue.ts';
import { readText } from '../files.ts';
import { apiSchemaOf } from '../rules/api-schema.ts';
import { type Rules, readRules } from '../rules/read.ts';
import { admit } from './admit.ts';
import { type ComposeConfig, readComposeConfig } from './config.ts';
import { readDepartmentSchema } from './sources.ts';

/** What to compose, and against what. Paths count from the working folder. */
export interface ComposeOptions {
  readonly config: string;
  /** A supergraph file: no coordinate of it may lose its guard. */
  readonly previous?: string;
  /** Coordinates that may. */
  readonly acknowledged?: readonly string[];
}

/** What composition yields: texts that are equal for equal input, or all errors. Warnings hinder nothing. */
export type Composition =
  | {
      readonly ok: true;
      readonly supergraph: string;
      readonly api: string;
      readonly rules: Rules;
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] };

/** Composes the departments of a configuration file and applies the admission checks. */
export function compose({ config, previous, acknowledged = [] }: ComposeOptions): Composition {
  const read = refusalsOf(() => {
    const settings = readComposeConfig(config);
    return { settings, catalogue: catalogueOf(settings), previous: previous ? readVersion(previous) : undefined };
  });
  if ('refusals' in read) return { ok: false, errors: read.refusals, warnings: [] };
  const { settings, catalogue, previous: version } = read.value;

  const sources = settings.departments.map((each) => readDepartmentSchema(each, dirname(resolve(config))));
  const refusals = sources.flatMap((source) => ('refusals' in source ? source.refusals : []));
  if (refusals.length > 0) return { ok: false, errors: refusals, warnings: [] };

  const admission = admit(
    sources.flatMap((source) => ('schema' in source ? [source.schema] : [])),
    {
      unguarded: settings.unguarded,
      freeArguments: settings.freeArguments,
      acknowledged: new Set(acknowledged),
      ...(catalogue && { catalogue }),
      ...(version && { previous: version }),
    },
  );
  if (!admission.ok) return admission;
  const { supergraph, rules, schema, warnings } = admission;
  return {
    ok: true,
    supergraph: endWithNewline(supergraph),
    api: endWithNewline(printSchema(lexicographicSortSchema(schema))),
    rules,
    warnings,
  };
}

/** The same for one configuration file: a supergraph or the errors. */
export const composeDepartments = (configFile: string): Composition => compose({ config: configFile });

const catalogueOf = ({ catalogue }: ComposeConfig): Catalogue | undefined =>
  catalogue === undefined ? undefined : loadCatalogue(catalogue);

function readVersion(path: string) {
  const sdl = readText(path);
  return { rules: readRules(sdl), schema: apiSchemaOf(sdl) };
}

const endWithNewline = (text: string): string => `${text.trimEnd()}\n`;
