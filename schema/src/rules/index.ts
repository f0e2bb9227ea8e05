export { guardsLost, type LostGuard } from '../admission/guard-lost.ts';
export { acknowledgedIn } from '../admission/guard-lost-acknowledged.ts';
export { type AdmissionCode, AdmissionError, type Refusal } from '../admission/refusal.ts';
export { apiSchemaOf } from './api-schema.ts';
export { effectiveRule, isUnguarded } from './effective.ts';
export { directiveNames, readFeatures } from './links.ts';
export { type Rules, readRules } from './read.ts';
export { type Alternatives, implies, isEmpty, meet, NO_RULE, type Rule } from './rule.ts';
export { stripAuthorization } from './strip.ts';
