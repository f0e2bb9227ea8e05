export default {
  projects: ['<rootDir>/schema', '<rootDir>/subgraphs/*', '<rootDir>/gateway/*', '<rootDir>/test'],
};
