import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repository } from '../../kit/process.ts';

export interface Revision {
  /** As it was named, for people. */
  readonly name: string;
  /** The checkout, with a `/` at its end. */
  readonly folder: string;
  remove(): void;
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim();

/** `.` is the working tree as it stands. */
export const WORKING_TREE = '.';

/**
 * A revision in a worktree of its own. Its dependencies are those installed here: only packages of this repository are
 * its own. A revision with other dependencies needs an installation and is not for this.
 *
 * @throws where git knows no such revision
 */
export const checkOut = (name: string): Revision => {
  if (name === WORKING_TREE) return { name: 'working tree', folder: repository, remove: () => {} };
  const commit = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
  const parent = mkdtempSync(join(tmpdir(), 'lienthong-revision-'));
  const folder = join(parent, 'checkout');
  git('worktree', 'add', '--quiet', '--detach', folder, commit);
  let removed = false;
  const remove = (): void => {
    if (removed) return;
    removed = true;
    git('worktree', 'remove', '--force', folder);
    rmSync(parent, { recursive: true, force: true });
  };
  try {
    linkDependencies(folder);
  } catch (error) {
    remove();
    throw error;
  }
  return { name, folder: `${folder}/`, remove };
};

/** Links to packages of this repository are relative, so each checkout finds its own by the same link. */
const OWN = '@lienthong';

const linkDependencies = (folder: string): void => {
  const installed = join(repository, 'node_modules');
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, OWN), { recursive: true });
  for (const entry of readdirSync(installed)) {
    if (entry !== OWN) symlinkSync(join(installed, entry), join(modules, entry));
  }
  for (const workspaces of [
    'schema',
    'test',
    ...['gateway', 'subgraphs'].flatMap((parent) => within(folder, parent)),
  ]) {
    const name = workspaces.slice(workspaces.lastIndexOf('/') + 1);
    symlinkSync(join('../..', workspaces), join(modules, OWN, name));
    const own = join(repository, workspaces, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(folder, workspaces, 'node_modules'));
  }
};

const within = (folder: string, parent: string): readonly string[] =>
  readdirSync(join(folder, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${parent}/${name}`);
