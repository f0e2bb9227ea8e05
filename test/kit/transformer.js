import { createTransformer as createSwcTransformer } from '@swc/jest';

/**
 * In the context that jest gives a test file, each global is looked up by an interceptor, a hundred times slower than a
 * variable. Not among these: Date and timers, which tests replace.
 */
const GLOBALS = [
  ...['Array', 'BigInt', 'Boolean', 'Buffer', 'Error', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'Proxy'],
  ...['RangeError', 'Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'SyntaxError', 'TypeError', 'URL', 'Uint8Array'],
  ...['WeakMap', 'WeakRef', 'WeakSet'],
];

const uses = new RegExp(`\\b(?:${GLOBALS.join('|')})\\b`, 'g');

/** A name that the module declares for itself, by whatever it does so, or may. */
const declares = (code, name) =>
  new RegExp(`\\b(?:class|const|function|let|var|as)\\s+${name}\\b|\\bimport\\b[^;'"]*\\b${name}\\b`).test(code);

/** Binds the globals that a module uses to variables of its own, on its first line, so that all lines keep their numbers. */
const withGlobals = (code) => {
  const names = [...new Set(code.match(uses))].filter((name) => !declares(code, name));
  return names.length === 0 ? code : `const { ${names.join(', ')} } = globalThis; ${code}`;
};

/** TypeScript stripped by SWC. @param {object} options SWC's */
export default {
  createTransformer: (options) => {
    const swc = createSwcTransformer(options);
    const bound = (result) => ({ ...result, code: withGlobals(result.code) });
    return {
      ...swc,
      process: (...source) => bound(swc.process(...source)),
      processAsync: async (...source) => bound(await swc.processAsync(...source)),
      getCacheKey: (...source) => `${swc.getCacheKey(...source)}${KEY}`,
    };
  },
};

const KEY = GLOBALS.join();
