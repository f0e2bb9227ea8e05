export { ConfigError, type GatewayConfig, loadConfig } from './config/index.ts';
export { type ErrorCode, errorKinds } from './errors.ts';
export { type ExplainQuestion, type Explanation, explain, type FieldExplanation } from './explain/index.ts';
export { type Gateway, type GatewayParts, startGateway } from './gateway.ts';
