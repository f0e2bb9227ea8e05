/**
 * Loaded into a process by `node --import`: when the process ends, says on stderr whether the prototypes that all objects
 * share are what they were when it began. Attacks on prototypes are judged from inside by this (GHSA-pfjj-6f4p-rvmh).
 */
import { writeSync } from 'node:fs';

const WATCHED = { Object, Array, Function, String, Number, Boolean, Map, Set, Promise, RegExp, Error, Buffer };

const stateOf = () =>
  Object.entries(WATCHED).flatMap(([name, { prototype }]) =>
    Reflect.ownKeys(prototype).map((key) => `${name}.prototype.${String(key)}`),
  );

const began = new Set(stateOf());

process.on('exit', () => {
  const added = stateOf().filter((member) => !began.has(member));
  writeSync(2, `prototypes: ${added.length === 0 ? 'unchanged' : added.join(', ')}\n`);
});
