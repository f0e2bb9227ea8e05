import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { NotMeasured } from '../parts.ts';

const folder = new URL('../peers/', import.meta.url);

/** A package of the folder `peers`, which has an installation of its own. @throws NotMeasured where it is not installed */
export const importPeer = async <Module>(name: string): Promise<Module> => {
  if (!existsSync(new URL(`node_modules/${name}/package.json`, folder))) {
    throw new NotMeasured(`${name} is not installed (npm run bench:peers)`);
  }
  const file = createRequire(new URL('package.json', folder)).resolve(name);
  return import(pathToFileURL(file).href);
};
