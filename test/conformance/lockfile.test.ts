import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

import { repository } from '../kit/process.ts';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const packages: Readonly<Record<string, Locked>> = JSON.parse(
  readFileSync(join(repository, 'package-lock.json'), 'utf8'),
).packages;

/** A package's place and those above it: where it looks for what it needs, each below its `node_modules`. */
const upwards = (place: string): readonly string[] =>
  place === '' ? [''] : [place, ...upwards(place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/'))))];

const isLocked = (from: string, name: string): boolean =>
  upwards(from).some((place) => `${place === '' ? '' : `${place}/`}node_modules/${name}` in packages);

// `npm install` leaves out what the registry of the day does not offer for other platforms; `npm ci` then refuses the
// lock file, on every platform.
test('the lock file names the packages of every platform', () => {
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(place, name))
      .map((name) => `${name}, for ${place}`),
  );
  expect(missing).toEqual([]);
});

test('the lock file binds nobody to a registry', () => {
  const bound = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && link !== true);
  expect(bound.map(([place]) => place)).toEqual([]);
});
