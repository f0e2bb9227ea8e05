import { type Department, defineDepartment } from '@lienthong/kit';
import { createDisclosuresData, type DisclosureParts, type DisclosuresData } from './data.ts';
import { resolvers } from './resolvers.ts';

/** The department over these parts. It keeps no database: the ledger's is the gateway's. */
export const createDisclosures = (parts: DisclosureParts): Department<unknown, DisclosuresData> =>
  defineDepartment({
    name: 'disclosures',
    folder: import.meta.dirname,
    port: 4105,
    createData: (tools) => createDisclosuresData(tools, parts),
    resolvers,
  });
