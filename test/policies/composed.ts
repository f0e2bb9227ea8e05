import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Composition, composeSources } from '@lienthong/schema/compose';

import type { CompositionCase } from './model.ts';
import { withLink } from './sdl.ts';

interface Source {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** Composes departments as `lienthong compose` does. `previous` is the text of a supergraph. */
export const compose = (
  sources: readonly Source[],
  unguarded: 'allow' | 'refuse',
  {
    previous,
    acknowledged,
    dataSubjects = 'optional',
  }: {
    readonly previous?: string;
    readonly acknowledged?: readonly string[];
    readonly dataSubjects?: 'optional' | 'required';
  } = {},
): Composition => {
  const folder = mkdtempSync(join(tmpdir(), 'lienthong-tables-'));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  try {
    return composeSources(
      {
        unguarded,
        dataSubjects,
        departments: sources.map(({ name, url, sdl }) => ({ name, url, schema: [write(`${name}.graphql`, sdl)] })),
      },
      {
        folder,
        ...(previous === undefined ? {} : { previous: write('previous.graphql', previous) }),
        ...(acknowledged ? { acknowledged } : {}),
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The supergraph, or composition's own words as an error. */
export const supergraphOf = (composition: Composition): string => {
  if (composition.ok) return composition.supergraph;
  throw new Error(composition.errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
};

/** What composition says of a case: `CODE` or `CODE coordinate`, in order. */
export const verdictOf = ({ departments, before, unguarded, dataSubjects, acknowledged }: CompositionCase) => {
  const sources = (texts: ReadonlyMap<string, string>) =>
    [...texts].map(([name, sdl]) => ({ name, url: `http://${name}.invalid/graphql`, sdl: withLink(sdl) }));
  const previous = before && supergraphOf(compose(sources(before), 'allow'));
  const composition = compose(sources(departments), unguarded, {
    acknowledged,
    dataSubjects,
    ...(previous === undefined ? {} : { previous }),
  });
  const short = ({ code, coordinate }: { readonly code: string; readonly coordinate?: string }) =>
    coordinate === undefined ? code : `${code} ${coordinate}`;
  return {
    errors: (composition.ok ? [] : composition.errors).map(short).sort(),
    warnings: composition.warnings.map(short).sort(),
  };
};
