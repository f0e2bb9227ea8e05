import { defineDepartment, isMain, runDepartment } from '@lienthong/kit';
import { createCitizensData } from './data.ts';
import { resolvers } from './resolvers.ts';
import { seed } from './seed.ts';

export const citizens = defineDepartment({
  name: 'citizens',
  folder: import.meta.dirname,
  port: 4101,
  createData: createCitizensData,
  resolvers,
  seed,
});

if (isMain(import.meta)) await runDepartment(citizens);
