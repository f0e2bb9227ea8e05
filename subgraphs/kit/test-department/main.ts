import { runDepartment } from '../src/index.ts';
import { example } from './department.ts';

await runDepartment(example);
