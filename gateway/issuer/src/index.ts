export { type Environment, type IssuerConfig, readConfig } from './config/index.ts';
export { type Messages, StartError } from './errors.ts';
export { type IssuerParts, type RunningIssuer, startIssuer } from './issuer.ts';
