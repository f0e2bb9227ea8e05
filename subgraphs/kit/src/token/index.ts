/** The department's end of the hop, without the server around it. */
export { openGatewayKeys } from './keys.ts';
export { createReplayMemory } from './replay.ts';
export { createTokenVerifier } from './verify.ts';
