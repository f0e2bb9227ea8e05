/** What became of one operation: a plan as JSON, or why there is none. */
export type Made = { readonly plan: string } | { readonly refused: 'paths' | 'failed'; readonly message: string };

/**
 * Reads a supergraph and returns its planner, which takes the text of one operation.
 *
 * @param copy what is planned by in place of the supergraph, which is checked all the same
 * @throws where the federation library refuses the supergraph
 */
export function loadPlanner(sdl: string, copy: string | undefined): (text: string) => Made;
