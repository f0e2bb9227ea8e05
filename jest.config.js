export default {
  projects: ['<rootDir>/schema', '<rootDir>/subgraphs/*', '<rootDir>/gateway/*', '<rootDir>/test'],
  reporters: ['default', '<rootDir>/test/kit/reporter.js'],
};
