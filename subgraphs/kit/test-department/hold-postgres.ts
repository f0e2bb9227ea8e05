// Holds a server in the folder named on the command line, until it is killed.
import { startPostgres } from '../src/postgres/index.ts';

const [, , folder = ''] = process.argv;
const { port } = await startPostgres({ folder, port: 0, durability: 'none' });
process.stdout.write(`${port}\n`);
