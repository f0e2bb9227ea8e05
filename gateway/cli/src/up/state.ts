import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOurs } from './lock.ts';

/** How the gateway of a run was configured, for commands that must read the same. */
export interface Configuration {
  readonly file: string;
  /** The variables that the file takes values from, and those that override it. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What other commands may know of a running federation. Holds database passwords: the file is for its owner alone. */
export interface RunningState {
  readonly pid: number;
  readonly urls: {
    readonly gateway: string;
    readonly console: string;
    readonly metrics: string;
    readonly issuer: string;
    readonly departments: Readonly<Record<string, string>>;
  };
  readonly ports: Readonly<Record<string, number>>;
  readonly databases: Readonly<Record<string, string>>;
  readonly configuration: Configuration;
  /** Process ids by name, as they were when everything first stood. */
  readonly processes: Readonly<Record<string, number>>;
}

const fileOf = (data: string): string => join(data, 'up.json');

/**
 * The federation that runs on this data folder, as it described itself; undefined when none does. One that was killed
 * outright left its description behind.
 */
export function readState(data: string, isAlive: (pid: number) => boolean = isOurs): RunningState | undefined {
  try {
    const state = JSON.parse(readFileSync(fileOf(data), 'utf8')) as RunningState;
    return isAlive(state.pid) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Written whole or not at all: a reader never sees half of it. */
export function writeState(data: string, state: RunningState): void {
  const draft = `${fileOf(data)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, fileOf(data));
}

export const removeState = (data: string): void => rmSync(fileOf(data), { force: true });
