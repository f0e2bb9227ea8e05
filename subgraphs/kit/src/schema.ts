import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, isEnumType, isInterfaceType, isObjectType, parse } from 'graphql';
import { commune } from './communes.ts';
import type { Department } from './department.ts';
import type { DepartmentResolvers } from './resolvers.ts';
import { scalars } from './scalars/index.ts';
import { schemaText } from './schema-package.ts';

/** Names that the runtime reads from a type's resolvers and that are no fields. */
const MARKERS: ReadonlySet<string> = new Set(['__resolveReference', '__resolveType', '__isTypeOf']);

const codeIn = (representation: unknown): string | undefined => {
  if (typeof representation !== 'object' || representation === null || !('code' in representation)) return undefined;
  return typeof representation.code === 'string' ? representation.code : undefined;
};

/**
 * From the list in memory: no department needs a table, or a statement, for it. A copy, because @apollo/subgraph writes
 * `__typename` onto what a reference resolver returns, and the list is frozen.
 */
const resolveCommune = (reference: unknown) => {
  const unit = commune(codeIn(reference));
  return unit === null ? null : { ...unit };
};

/** A misspelt resolver is never called, and the field then answers `null` for ever; better not to start. */
const refuseStrayResolvers = (schema: GraphQLSchema, resolvers: Readonly<Record<string, object>>, name: string) => {
  for (const [typeName, entries] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (type === undefined) throw new Error(`${name}: resolvers for ${typeName}, which schema.graphql does not define`);
    if (isEnumType(type)) continue;
    const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
    for (const field of Object.keys(entries)) {
      if (!MARKERS.has(field) && !Object.hasOwn(fields, field)) {
        throw new Error(`${name}: a resolver for ${typeName}.${field}, which schema.graphql does not define`);
      }
    }
  }
};

/** The SDL a department serves: its own file, then the shared one. */
export const departmentSdl = (folder: string): string =>
  `${readFileSync(join(folder, 'schema.graphql'), 'utf8')}\n${schemaText('shared.graphql')}`;

/** The executable schema of a department: its SDL with its resolvers, the shared scalars and Commune. */
export const departmentSchema = <Tables, Data>(
  department: Pick<Department<Tables, Data>, 'name' | 'folder' | 'resolvers'>,
): GraphQLSchema => {
  const own: DepartmentResolvers<Data> = department.resolvers;
  const resolvers: DepartmentResolvers<Data> = {
    ...own,
    Commune: { __resolveReference: resolveCommune, ...own.Commune },
  };
  const typeDefs = parse(departmentSdl(department.folder));
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: { ...resolvers, ...scalars } }]);
  refuseStrayResolvers(schema, resolvers, department.name);
  return schema;
};
