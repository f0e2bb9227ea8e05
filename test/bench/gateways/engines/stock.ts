/** Apollo Server with @apollo/gateway, as its documentation starts it: `startStandaloneServer`, no options. */
import './apollo-off.ts';

import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

import { runPart } from '../parts.ts';
import { type EngineInput, meter } from './meter.ts';

runPart(async ({ strippedSdl }: EngineInput) => {
  const gateway = new ApolloGateway({ supergraphSdl: strippedSdl });
  const server = new ApolloServer({ gateway });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
  return { ready: new URL('/', url).href, questions: meter };
});
