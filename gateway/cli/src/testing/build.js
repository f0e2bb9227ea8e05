import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as bundle } from 'esbuild';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** The programs that a federation consists of. */
const PROGRAMS = [
  'gateway/cli/bin/lienthong.js',
  'gateway/issuer/src/main.ts',
  ...['citizens', 'health', 'education', 'land', 'disclosures'].map((name) => `subgraphs/${name}/index.ts`),
];

/**
 * Builds every program into a folder. With `node FOLDER/run.mjs PROGRAM ARGS`, where a program is named by its source, it
 * runs as from there, and starts with three quarters of the processor time: its hundreds of modules are a few files, which
 * need no hooks. Packages are loaded from where they are.
 *
 * @param {string} folder
 */
export async function build(folder) {
  await bundle({
    absWorkingDir: root,
    entryPoints: PROGRAMS,
    outdir: folder,
    outbase: root,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // As Node resolves: without esbuild's own condition `module`, which would load a package twice.
    conditions: [],
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'error',
    plugins: [{ name: 'sources', setup }],
  });
  await writeFile(join(folder, 'run.mjs'), RUN);
}

const RUN = `
const [node, , program, ...args] = process.argv;
process.argv = [node, ${JSON.stringify(root)} + program, ...args];
process.setSourceMapsEnabled(true);
await import(new URL(program.replace(/[jt]s$/, 'mjs'), import.meta.url));
`;

/** Marks what the plugin has asked of esbuild itself. */
const ASKED = Symbol('asked');

/** @param {import('esbuild').PluginBuild} plugin */
function setup({ onLoad, onResolve, resolve }) {
  onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, kind, resolveDir }) => {
    if (pluginData === ASKED || kind === 'entry-point') return undefined;
    const found = await resolve(path, { kind, resolveDir, pluginData: ASKED });
    return found.path.includes('/node_modules/') ? { path: found.path, external: true } : found;
  });
  onLoad({ filter: /\/gateway\/cli\/src\/typescript\.js$/ }, () => ({
    contents: 'export const understandTypeScript = () => process.setSourceMapsEnabled(true);',
  }));
  onLoad({ filter: /\.[jt]s$/ }, async ({ path }) => ({
    loader: path.endsWith('.ts') ? 'ts' : 'js',
    contents: (await readFile(path, 'utf8')).replaceAll('import.meta', metaOf(path)),
  }));
}

/** A module finds its files, and what it depends on, from where its source stands. @param {string} path */
function metaOf(path) {
  const url = JSON.stringify(pathToFileURL(path).href);
  const resolve = `(name) => 'file://' + process.getBuiltinModule('node:module').createRequire(${url}).resolve(name)`;
  return `({ url: ${url}, dirname: ${JSON.stringify(dirname(path))}, resolve: ${resolve} })`;
}
