import { dirname, resolve } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { guardsLost } from '../admission/guard-lost.ts';
import { withAcknowledgement } from '../admission/guard-lost-acknowledged.ts';
import { type Problem, refusalsOf } from '../admission/refusal.ts';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { readText } from '../files.ts';
import { apiSchemaOf } from '../rules/api-schema.ts';
import { type Rules, readRules } from '../rules/read.ts';
import { admit } from './admit.ts';
import { type ComposeConfig, readComposeConfig } from './config.ts';
import { readDepartmentSchema } from './sources.ts';

/** Against what to compose. Paths count from the working folder. */
export interface Comparison {
  /** A supergraph file: no coordinate of it may lose its guard. */
  readonly previous?: string;
  /** Coordinates that may; the supergraph says so at its top, for the gateway that loads it. */
  readonly acknowledged?: readonly string[];
}

/** A configuration file to compose. */
export interface ComposeOptions extends Comparison {
  readonly config: string;
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
export function compose({ config, ...comparison }: ComposeOptions): Composition {
  const read = refusalsOf(() => readComposeConfig(config));
  if ('refusals' in read) return { ok: false, errors: read.refusals, warnings: [] };
  return composeSources(read.value, { ...comparison, folder: dirname(resolve(config)) });
}

/** The same for one configuration file: a supergraph or the errors. */
export const composeDepartments = (configFile: string): Composition => compose({ config: configFile });

/**
 * The same for a configuration that was read elsewhere, such as the gateway's own. Messages name files from `folder`, by
 * default the working folder.
 */
export function composeSources(
  settings: Pick<ComposeConfig, 'departments'> & Partial<ComposeConfig>,
  { previous, acknowledged = [], folder = process.cwd() }: Comparison & { folder?: string } = {},
): Composition {
  const read = refusalsOf(() => ({
    catalogue: settings.catalogue === undefined ? undefined : loadCatalogue(settings.catalogue),
    version: previous === undefined ? undefined : readVersion(previous),
  }));
  if ('refusals' in read) return { ok: false, errors: read.refusals, warnings: [] };
  const { catalogue, version } = read.value;

  const sources = settings.departments.map((each) => readDepartmentSchema(each, folder));
  const refusals = sources.flatMap((source) => ('refusals' in source ? source.refusals : []));
  if (refusals.length > 0) return { ok: false, errors: refusals, warnings: [] };

  const admission = admit(
    sources.flatMap((source) => ('schema' in source ? [source.schema] : [])),
    {
      unguarded: settings.unguarded ?? 'allow',
      dataSubjects: settings.dataSubjects ?? 'optional',
      freeArguments: settings.freeArguments ?? new Set(),
      acknowledged: new Set(acknowledged),
      ...(catalogue && { catalogue }),
      ...(version && { previous: version }),
    },
  );
  if (!admission.ok) return admission;
  const { supergraph, rules, schema, warnings } = admission;
  const lost = version ? guardsLost(version, { rules, schema }) : [];
  return {
    ok: true,
    supergraph: withAcknowledgement(endWithNewline(supergraph), version?.sdl ?? '', lost),
    api: endWithNewline(printSchema(lexicographicSortSchema(schema))),
    rules,
    warnings,
  };
}

function readVersion(path: string) {
  const sdl = readText(path);
  return { sdl, rules: readRules(sdl), schema: apiSchemaOf(sdl) };
}

const endWithNewline = (text: string): string => `${text.trimEnd()}\n`;
