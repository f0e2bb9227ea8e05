export { provinceDate } from './clock.ts';
export { type Commune, commune, communes, parseCommuneCode } from './communes.ts';
export { type Connection, connection, type PageLimits, pageSize } from './connection.ts';
export { type Cursors, type CursorValue, createCursors } from './cursors.ts';
export {
  type DataTools,
  type Department,
  type DepartmentContext,
  type DepartmentRequest,
  defineDepartment,
} from './department.ts';
export { badInput, conflict, DepartmentError, type DepartmentErrorCode, notFound } from './errors.ts';
export type { Language, Messages } from './language.ts';
export { byKey, groupByKey } from './loaders.ts';
export { type ProvinceKey, parseProvinceKey } from './province-key.ts';
export { createPseudonyms, type Pseudonyms } from './pseudonyms.ts';
export type {
  DepartmentResolvers,
  EnumValues,
  FieldResolver,
  ReferenceResolver,
  TypeResolver,
  TypeResolvers,
} from './resolvers.ts';
export { isMain, runDepartment } from './run.ts';
export { parseDate } from './scalars/date.ts';
export { parsePartialDate } from './scalars/partial-date.ts';
export { parsePersonalNumber } from './scalars/personal-number.ts';
export { departmentSchema, departmentSdl } from './schema.ts';
export { type SeedOptions, seedDepartment } from './seed/seed.ts';
export type { SeedRow, SeedTools } from './seed/tools.ts';
export { StartError } from './start-error.ts';
export { type Subgraph, type SubgraphConfig, startSubgraph } from './subgraph.ts';
export { foldVietnamese, normalizeText } from './text.ts';
export type { Caller } from './token/caller.ts';
export type { GatewayKeys } from './token/keys.ts';
export { variableOf } from './variables.ts';
