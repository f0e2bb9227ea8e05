import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** State `LISTEN` in /proc/net/tcp. */
const LISTEN = '0A';

/** Which program listens on a port, where the system lets us see it (Linux, own processes); for a message only. */
export function holderOf(port: number): string | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = list(`/proc/${pid}/fd`).some((descriptor) => inodes.has(link(`/proc/${pid}/fd/${descriptor}`)));
    if (holds) return `${read(`/proc/${pid}/comm`).trim()} (${pid})`;
  }
  return undefined;
}

function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return read(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${wanted}`) && state === LISTEN)
    .map((columns) => `socket:[${columns[9]}]`);
}

const quietly =
  <T>(work: (path: string) => T, otherwise: T) =>
  (path: string): T => {
    try {
      return work(path);
    } catch {
      return otherwise;
    }
  };

const list = quietly<readonly string[]>((path) => readdirSync(path), []);
const read = quietly((path) => readFileSync(path, 'utf8'), '');
const link = quietly((path) => readlinkSync(path), '');
