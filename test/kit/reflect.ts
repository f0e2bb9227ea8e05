// Below @peculiar/x509 stands tsyringe, which does not load without these three. Import this file before it.
const known = new WeakMap<object, Map<unknown, unknown>>();

const getOwnMetadata = (key: unknown, target: object): unknown => known.get(target)?.get(key);
const defineMetadata = (key: unknown, value: unknown, target: object): void => {
  known.set(target, (known.get(target) ?? new Map()).set(key, value));
};

if (!('getMetadata' in Reflect))
  Object.assign(Reflect, { getMetadata: getOwnMetadata, getOwnMetadata, defineMetadata });
