/**
 * Loaded into a process by `node --import`: when the process ends, says on stderr whether the prototypes that all objects
 * share are what they were when it began. Attacks on prototypes are judged from inside by this (GHSA-pfjj-6f4p-rvmh).
 */
import { writeSync } from 'node:fs';

const WATCHED = { Object, Array, Function, String, Number, Boolean, Map, Set, Promise, RegExp, Error, Buffer };

/** Every member of every prototype, with what it holds. */
const stateOf = () =>
  new Map(
    Object.entries(WATCHED).flatMap(([name, { prototype }]) =>
      Reflect.ownKeys(prototype).map((key) => {
        const { value, get } = Object.getOwnPropertyDescriptor(prototype, key);
        return [`${name}.prototype.${String(key)}`, get ?? value];
      }),
    ),
  );

const began = stateOf();

process.on('exit', () => {
  const changed = [...stateOf()].filter(([member, value]) => !began.has(member) || began.get(member) !== value);
  const names = changed.map(([member]) => member);
  writeSync(2, `prototypes: ${names.length === 0 ? 'unchanged' : names.join(', ')}\n`);
});
