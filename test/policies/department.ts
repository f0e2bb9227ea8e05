import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { buildSubgraphSchema } from '@apollo/subgraph';
import { type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql';

import { Fixture } from './fixture.ts';
import type { FederationText } from './model.ts';
import { keysOf, withLink } from './sdl.ts';

/** One call as a department received it. */
export interface Call {
  readonly department: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Empty where there was no HTTP. */
  readonly headers: IncomingHttpHeaders;
}

/** A department that listens on a port of its own and remembers what it was asked. */
export interface Department {
  readonly name: string;
  readonly sdl: string;
  readonly url: string;
  readonly schema: GraphQLSchema;
  run(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    headers?: IncomingHttpHeaders,
  ): Promise<ExecutionResult>;
  close(): Promise<void>;
}

/** Starts every department of a federation; `record` is told of each call. */
export const startDepartments = (
  { departments, data }: FederationText,
  record: (call: Call) => void,
): Promise<readonly Department[]> => {
  const fixture = new Fixture(data);
  // All of them are read before one listens: a mistake in a table leaves nothing running.
  const read = [...departments].map(([name, text]) => {
    const sdl = withLink(text);
    return { name, sdl, schema: executable(sdl, fixture) };
  });
  return Promise.all(read.map((each) => startDepartment(each, fixture, record)));
};

const startDepartment = async (
  read: Pick<Department, 'name' | 'sdl' | 'schema'>,
  fixture: Fixture,
  record: (call: Call) => void,
): Promise<Department> => {
  const run: Department['run'] = async (query, variables, headers = {}) => {
    record({ department: read.name, query, variables, headers });
    return execute({
      schema: read.schema,
      document: parse(query),
      variableValues: variables,
      fieldResolver: fixture.resolve,
      typeResolver: fixture.typeOf,
    });
  };
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as Pick<Call, 'query' | 'variables'>;
    const answer = await run(query, variables ?? {}, incoming.headers);
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...read,
    url: `http://127.0.0.1:${port}/graphql`,
    run,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const executable = (sdl: string, fixture: Fixture): GraphQLSchema => {
  const keys = keysOf(sdl);
  const reference = (representation: object) => fixture.find(representation as Record<string, unknown>, keys);
  return buildSubgraphSchema({
    typeDefs: parse(sdl),
    resolvers: Object.fromEntries([...keys.keys()].map((type) => [type, { __resolveReference: reference }])),
  });
};
