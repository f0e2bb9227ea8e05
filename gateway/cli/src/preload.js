// Loading a package through TypeScript's module hooks costs twice as much as without them (Node 20: each module makes a
// round trip to the hooks' thread), and packages need no hooks. So they are loaded first, the hooks registered after.
// These lists are about speed alone: what is missing here is loaded later, what is not installed is passed over.
const PACKAGES = {
  department: [
    'graphql',
    'pino',
    'fastify',
    '@apollo/server',
    '@apollo/subgraph',
    'kysely',
    'jose',
    'pg',
    'dataloader',
  ],
  issuer: ['graphql', 'jose', 'oidc-provider', 'pino', 'pg', 'redis', 'yaml'],
  gateway: [
    'commander',
    'graphql',
    'pino',
    'fastify',
    '@apollo/server',
    '@apollo/federation-internals',
    'jose',
    'prom-client',
    'undici',
    'yaml',
  ],
  revoke: ['commander', 'redis', 'yaml'],
  up: ['commander', 'pg', 'yaml'],
  token: ['commander', 'yaml'],
};

/** Loads the packages of one kind of process. @param {string | undefined} kind */
export async function preload(kind) {
  const packages = (kind !== undefined && Object.hasOwn(PACKAGES, kind) && PACKAGES[kind]) || ['commander'];
  await Promise.all(packages.map((name) => import(name).catch(() => undefined)));
}
