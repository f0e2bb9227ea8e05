import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The one jest configuration of every workspace: native ES modules, TypeScript stripped by SWC, one PostgreSQL server
 * for the whole run (started by the global set-up, a database of its own for each test that asks).
 *
 * @param {string} displayName the workspace's name in the report
 */
export const project = (displayName) => ({
  displayName,
  testEnvironment: 'node',
  // In the context that jest gives a test file, each global is looked up by an interceptor. Handed in, these few make code of
  // packages (graphql, the planner) a third faster. Not among them: Date, because tests set clocks, and names that a package
  // declares for itself (asn1js has a class Set), which would not even load.
  sandboxInjectedGlobals: [
    'Array',
    'Error',
    'JSON',
    'Map',
    'Number',
    'Object',
    'Promise',
    'String',
    'Symbol',
    'WeakMap',
  ],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      here('./test/kit/transformer.js'),
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  setupFiles: [here('./test/kit/set-up-file.js')],
  globalSetup: here('./test/kit/global-setup.js'),
  globalTeardown: here('./test/kit/global-teardown.js'),
});
