import { defineDepartment, isMain, runDepartment } from '@lienthong/kit';
import { createEducationData } from './data.ts';
import { resolvers } from './resolvers.ts';
import { seed } from './seed.ts';

export const education = defineDepartment({
  name: 'education',
  folder: import.meta.dirname,
  port: 4103,
  createData: createEducationData,
  resolvers,
  seed,
});

if (isMain(import.meta)) await runDepartment(education);
