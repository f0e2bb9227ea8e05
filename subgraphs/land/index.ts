import { defineDepartment, isMain, runDepartment } from '@lienthong/kit';
import { createLandData } from './data.ts';
import { resolvers } from './resolvers.ts';
import { seed } from './seed.ts';

/** The department of land: parcels, rights and encumbrances. */
export const land = defineDepartment({
  name: 'land',
  folder: import.meta.dirname,
  port: 4104,
  createData: createLandData,
  resolvers,
  seed,
});

if (isMain(import.meta)) await runDepartment(land);
