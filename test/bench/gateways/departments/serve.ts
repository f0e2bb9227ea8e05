import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { executableDepartment } from '../../../fuzz/world.ts';
import { Answers } from './answers.ts';
import { Province } from './province.ts';
import { DEPARTMENTS, type DepartmentName, resolversOf } from './resolvers.ts';

export type DepartmentUrls = Readonly<Record<DepartmentName, string>>;

export interface ServedDepartments {
  readonly urls: DepartmentUrls;
  /** Requests since the start. */
  readonly calls: () => number;
  close(): Promise<void>;
}

export const schemaFile = (department: DepartmentName): URL => new URL(`./${department}.graphql`, import.meta.url);

/**
 * Serves the four departments, each on a port of its own.
 *
 * @param delay milliseconds before each answer
 */
export const serveDepartments = async (citizens: number, delay = 0): Promise<ServedDepartments> => {
  const resolvers = resolversOf(new Province(citizens));
  let calls = 0;
  const servers: Server[] = [];
  const urls: Partial<Record<DepartmentName, string>> = {};
  for (const name of DEPARTMENTS) {
    const answers = new Answers(executableDepartment(readFileSync(schemaFile(name), 'utf8')), resolvers[name]);
    const server = createServer({ keepAliveTimeout: 600_000 }, (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        calls += 1;
        const [only] = chunks;
        const { status, answer } = answered(answers, chunks.length === 1 && only ? only : Buffer.concat(chunks));
        const send = () => {
          outgoing.writeHead(status, { 'content-type': 'application/json', 'content-length': answer.length });
          outgoing.end(answer);
        };
        if (delay > 0) setTimeout(send, delay);
        else send();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  }
  return {
    urls: urls as DepartmentUrls,
    calls: () => calls,
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
};

/** What a gateway asks wrongly is its fault and shows in its answer; the others are still to be measured. */
const answered = (answers: Answers, body: Buffer): { readonly status: number; readonly answer: Buffer } => {
  try {
    return { status: 200, answer: answers.answer(body) };
  } catch (error) {
    return { status: 400, answer: Buffer.from(JSON.stringify({ errors: [{ message: String(error) }] })) };
  }
};
