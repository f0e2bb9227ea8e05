import { fileURLToPath } from 'node:url';

export { loadRegistry, parseRegistry } from './load.ts';
export { RegistryError, type RegistryProblem } from './problem.ts';
export type { ClientGrant, RegisteredClient, RegisteredPurpose, Registry } from './types.ts';

/** The registry of demo clients that ships with the repository; its secrets are public. */
export const developmentRegistry: string = fileURLToPath(new URL('../../registry/development.yaml', import.meta.url));
