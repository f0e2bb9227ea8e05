import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/** A department's SDL for tests, with the federation link on top. `imports` replaces the usual list. */
export const department = (sdl: string, imports = USUAL_IMPORTS): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])\n${sdl}`;

const USUAL_IMPORTS = `"@key", "@shareable", "@external", "@requires", "@inaccessible", "@override", "@tag",
  "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize", "@context", "@fromContext", "@interfaceObject"`;

/** Composes department SDLs into a supergraph, or fails the test with composition's own words. */
export function composed(...departments: readonly string[]): string {
  const result = composeServices(
    departments.map((sdl, index) => ({
      name: `department${index + 1}`,
      url: `http://127.0.0.1:${4101 + index}/graphql`,
      typeDefs: parse(sdl),
    })),
  );
  if (result.supergraphSdl === undefined) throw new Error(result.errors?.map(({ message }) => message).join('\n'));
  return result.supergraphSdl;
}

/** The code of the AdmissionError that `act` throws; undefined when it throws none. */
export function refusedWith(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
    throw error;
  }
  return undefined;
}
