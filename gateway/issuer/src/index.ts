export { type Environment, type IssuerConfig, readConfig } from './config.ts';
export { type Messages, StartError } from './errors.ts';
export { type RunningIssuer, startIssuer } from './issuer.ts';
