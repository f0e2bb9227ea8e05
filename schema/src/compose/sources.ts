import { relative } from 'node:path';
import { type DefinitionNode, type DocumentNode, GraphQLError, Kind, parse, Source } from 'graphql';
import type { DepartmentSchema } from '../admission/department.ts';
import { type Refusal, refusal, refusalsOf } from '../admission/refusal.ts';
import { readText } from '../files.ts';
import type { DepartmentConfig } from './config.ts';

/** A department's schema files joined into one document, or every file that cannot be read. */
export function readDepartmentSchema(
  department: DepartmentConfig,
  folder: string,
): { schema: DepartmentSchema } | { refusals: readonly Refusal[] } {
  const definitions: DefinitionNode[] = [];
  const refusals: Refusal[] = [];
  for (const path of department.schema) {
    // Parsed one by one, so that a syntax error names its own file and line.
    const parsed = parseFile(path, relative(folder, path), department.name);
    if ('code' in parsed) refusals.push(parsed);
    else definitions.push(...parsed.definitions);
  }
  if (refusals.length > 0) return { refusals };
  return { schema: { name: department.name, url: department.url, document: { kind: Kind.DOCUMENT, definitions } } };
}

function parseFile(path: string, named: string, department: string): DocumentNode | Refusal {
  const read = refusalsOf(() => readText(path, named));
  if ('refusals' in read) {
    const [missing] = read.refusals;
    if (missing !== undefined) return { ...missing, message: `[${department}] ${missing.message}`, department };
    throw new Error(`refused without a reason: ${named}`);
  }
  try {
    return parse(new Source(read.value, named));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const place = error.locations?.[0];
    const at = `[${department}] ${named}:${place?.line ?? 1}:${place?.column ?? 1}`;
    return refusal('INVALID_SDL', `${at}: sai cú pháp`, `${at}: ${error.message}`, { department });
  }
}
