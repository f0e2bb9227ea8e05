import { createServer, type Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { CommandError } from '../command-error.ts';
import { holderOf } from './holder.ts';

/** A port that `up` needs: who will listen there, and how to move it. */
export interface PortRequest {
  readonly name: string;
  /** Environment variable that changes it. */
  readonly variable: string;
  readonly port: number;
}

const HOST = '127.0.0.1';

/** The port from the environment, else the usual one; 0 means any free one. */
export function portFrom(env: NodeJS.ProcessEnv, variable: string, usual: number): number {
  const written = env[variable]?.trim();
  if (!written) return usual;
  const port = Number(written);
  if (/^\d{1,5}$/.test(written) && port <= 65_535) return port;
  throw new CommandError('PORT_INVALID', {
    vi: `${variable} phải là số từ 0 đến 65535 (0: cổng mạng trống bất kỳ).`,
    en: `${variable} must be a number from 0 to 65535 (0: any free port).`,
  });
}

/**
 * Chooses and checks every port before anything starts: half a federation that fails on its last port helps nobody.
 * All are held open together while looking, so that no free one is handed out twice.
 *
 * @param patienceMs how long to wait for the processes of an interrupted run to let go
 */
export async function choosePorts(
  requests: readonly PortRequest[],
  patienceMs = 0,
): Promise<Readonly<Record<string, number>>> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const attempts = await Promise.all(requests.map(hold));
    const taken = requests.filter((_, index) => attempts[index] === undefined);
    const ports = requests.map(({ name }, index) => [name, portOf(attempts[index])] as const);
    await Promise.all(attempts.map(letGo));
    if (taken.length === 0) return Object.fromEntries(ports);
    if (Date.now() >= until) throw portsTaken(taken);
    await wait(250);
  }
}

function hold({ port }: PortRequest): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ host: HOST, port, exclusive: true }, () => resolve(server));
  });
}

const portOf = (server: Server | undefined): number => {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const letGo = (server: Server | undefined): Promise<void> =>
  new Promise((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));

/** A port to propose: far away, easy to recognise. */
const other = (port: number): number => (port < 55_000 ? port + 10_000 : port - 10_000);

function portsTaken(taken: readonly PortRequest[]): CommandError {
  const lines = taken.map(({ name, variable, port }) => {
    const holder = holderOf(port);
    return {
      vi: `Cổng mạng ${port} (cho ${name}) đã có chương trình khác dùng${holder ? `: ${holder}` : ''}. Dừng chương trình đó, hoặc đổi cổng mạng: ${variable}=${other(port)}`,
      en: `Port ${port} (for ${name}) is taken${holder ? ` by ${holder}` : ''}. Stop that program, or move ours: ${variable}=${other(port)}`,
    };
  });
  return new CommandError('PORT_TAKEN', {
    vi: lines.map(({ vi }) => vi).join('\n'),
    en: lines.map(({ en }) => en).join('\n'),
  });
}
