import { availableParallelism } from 'node:os';

export default {
  projects: ['<rootDir>/schema', '<rootDir>/subgraphs/*', '<rootDir>/gateway/*', '<rootDir>/test'],
  testSequencer: '<rootDir>/test/kit/sequencer.js',
  reporters: ['default', '<rootDir>/test/kit/reporter.js'],
  // Much of the time goes by in processes that tests have started, and in waiting for what takes its time: on two cores three
  // files at a time still are no crowd.
  maxWorkers: Math.max(3, availableParallelism() - 1),
  // Far beyond what any test takes: machines are noisy, and a test of time this is not.
  testTimeout: 60_000,
};
