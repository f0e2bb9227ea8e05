import { example, fileCode } from '../../test-department/department.ts';
import { subgraphContract } from './contract.ts';

subgraphContract(example, {
  citizens: 150,
  references: [
    {
      type: 'File',
      unknown: { code: 'nobody' },
      selection: '{ title opened notes commune { name } }',
      hundred: () => Array.from({ length: 100 }, (_, index) => ({ code: fileCode(index) })),
    },
  ],
});
