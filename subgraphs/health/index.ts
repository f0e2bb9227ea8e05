import { defineDepartment, isMain, runDepartment } from '@lienthong/kit';
import { createHealthData } from './data.ts';
import { resolvers } from './resolvers.ts';
import { seed } from './seed.ts';

export const health = defineDepartment({
  name: 'health',
  folder: import.meta.dirname,
  port: 4102,
  createData: createHealthData,
  resolvers,
  seed,
});

if (isMain(import.meta)) await runDepartment(health);
