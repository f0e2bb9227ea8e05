// Runs on the thread of Node's module hooks. Imports here carry their `.ts` ending, so only loading needs help.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Part of every key: raise it when the options of the transformation change. */
const FORMAT = 'esbuild-0.28-1';

let folder;

/** @param {{ folder: string | undefined }} data where transformed files are kept */
export function initialize(data) {
  folder = data.folder;
}

/** Node's `load` hook (nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload). */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const source = readFileSync(path, 'utf8');
  return { format: 'module', shortCircuit: true, source: kept(path, source) ?? (await transformed(path, source)) };
}

const placeOf = (path, source) =>
  join(folder, `${createHash('sha256').update(`${FORMAT}\0${path}\0${source}`).digest('base64url')}.mjs`);

function kept(path, source) {
  if (folder === undefined) return undefined;
  try {
    return readFileSync(placeOf(path, source), 'utf8');
  } catch {
    return undefined;
  }
}

async function transformed(path, source) {
  const { transform } = await import('esbuild');
  const { code } = await transform(source, {
    loader: 'ts',
    format: 'esm',
    target: 'node20.19',
    sourcefile: path,
    sourcemap: 'inline',
    sourcesContent: false,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  if (folder !== undefined) keep(placeOf(path, source), code);
  return code;
}

/** Whole or not at all: other processes read the same folder at the same moment. */
function keep(place, code) {
  try {
    const draft = `${place}.${process.pid}`;
    writeFileSync(draft, code, { mode: 0o600 });
    renameSync(draft, place);
  } catch {
    // A full disk costs time, not the start.
  }
}
