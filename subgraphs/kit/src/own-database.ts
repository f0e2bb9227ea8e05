/** For packages that keep a database and are no departments: the pool, the migrations, and nothing that serves. */
export { type Database, openDatabase } from './database.ts';
export { migrate } from './migrations.ts';
