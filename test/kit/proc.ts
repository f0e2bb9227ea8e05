import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** What Linux tells of processes in /proc; elsewhere there are none. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Processor time in hundredths of a second, that of its ended children included. */
  readonly ticks: number;
}

/** A socket of a process, with its addresses as the kernel writes them. */
export interface SocketRow {
  readonly pid: number;
  readonly protocol: string;
  readonly local: string;
  readonly remote: string;
}

const quietly = <Result>(read: () => Result, otherwise: Result): Result => {
  try {
    return read();
  } catch {
    // The process has ended meanwhile.
    return otherwise;
  }
};

const list = (folder: string): readonly string[] => quietly(() => readdirSync(folder), []);
const text = (file: string): string => quietly(() => readFileSync(file, 'utf8'), '');

/** What a process calls itself; those of PostgreSQL say whom they serve. */
export const titleOf = (pid: number): string => text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();

/** The program that a process runs: its file, as the name in `comm` is that of a thread, which Node 24 sets. */
export const programOf = (pid: number): string => basename(quietly(() => readlinkSync(`/proc/${pid}/exe`), ''));

/** Every process of the machine: fields 4 and 14 to 17 of proc(5). */
const processTable = (): readonly ProcessRow[] =>
  list('/proc').flatMap((entry) => {
    const stat = /^\d+$/.test(entry) ? text(`/proc/${entry}/stat`) : '';
    if (stat === '') return [];
    // The program's name stands in parentheses and may hold anything.
    const fields = stat
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, some) => sum + some, 0);
    return [{ pid: Number(entry), parent: fields[1] ?? 0, ticks }];
  });

/** A process and all below it. */
export const familyOf = (root: number): readonly ProcessRow[] => {
  const table = processTable();
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of table) if (family.has(parent)) family.add(pid);
  }
  return table.filter(({ pid }) => family.has(pid));
};

const PROTOCOLS = ['tcp', 'tcp6', 'udp', 'udp6'];

/** The network sockets that processes hold. */
export const socketsOf = (pids: readonly number[]): readonly SocketRow[] => {
  const owners = new Map<string, number>();
  for (const pid of pids)
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      const [, inode] =
        /^socket:\[(\d+)\]$/.exec(quietly(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`), '')) ?? [];
      if (inode !== undefined) owners.set(inode, pid);
    }
  return PROTOCOLS.flatMap((protocol) =>
    text(`/proc/net/${protocol}`)
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', remote = '', , , , , , , inode = ''] = line.trim().split(/\s+/);
        const pid = owners.get(inode);
        return pid === undefined ? [] : [{ pid, protocol, local, remote }];
      }),
  );
};

/** Loopback, or no address yet, in the kernel's notation: words of the address in the machine's (little-endian) order. */
export const staysHere = (address: string): boolean => {
  const [host = ''] = address.split(':');
  return /^.{6}7F$/.test(host) || /^0{24}01000000$/.test(host) || /^0{16}FFFF0000.{6}7F$/.test(host);
};

/** MiB that a process, or the greatest of those below it, holds now. */
export const memoryOf = (root: number): number =>
  Math.max(...familyOf(root).map(({ pid }) => Number(/VmRSS:\s+(\d+)/.exec(text(`/proc/${pid}/status`))?.[1] ?? 0))) /
  1024;
