// Plain JavaScript: a worker thread loads this file, and it must not need whatever makes the main thread understand
// TypeScript (tsx, the command's own hooks, jest). Its types are in library.d.ts.
import { createRequire } from 'node:module';

// All three are CommonJS; `import` would read each of their files once more to learn what it exports.
const require = createRequire(import.meta.url);
const { operationFromDocument, Supergraph } = require('@apollo/federation-internals');
const { QueryPlanner } = require('@apollo/query-planner');
const { parse } = require('graphql');

/**
 * Plans compared for one operation. Beyond it the best so far is taken, which is a right plan, perhaps not the cheapest;
 * the library's default of 10,000 keeps a processor busy for seconds.
 */
const MAX_EVALUATED_PLANS = 1_000;

/** Ways considered to reach one field of an operation; beyond it there is no plan. The library has no default. */
const MAX_PATHS = 10_000;

/** The planner's own refusals of operations that would keep it busy: paths, fields through abstract types, fragments. */
const TOO_MUCH = /^(?:Too many options generated|Number of non-local selections exceeds|Exceeded maximum recursive)/;

/**
 * @param {string} sdl
 * @param {string | undefined} copy
 */
export function loadPlanner(sdl, copy) {
  const supergraph = read(sdl, copy);
  const schema = supergraph.apiSchema();
  const planner = new QueryPlanner(supergraph, {
    debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS, pathsLimit: MAX_PATHS },
  });
  return (text) => {
    try {
      const operation = operationFromDocument(schema, parse(text, { noLocation: true }));
      // As text: it is read once where it is used, and its length is what it weighs in the cache.
      return { plan: JSON.stringify(planner.buildQueryPlan(operation)) };
    } catch (error) {
      const message = String(error?.message ?? error);
      return { refused: TOO_MUCH.test(message) ? 'paths' : 'failed', message };
    }
  };
}

// What validation says of the copy is of no use: that a field is external and nobody requires it any more, for one.
function read(sdl, copy) {
  const supergraph = Supergraph.build(sdl);
  if (copy === undefined) return supergraph;
  supergraph.subgraphs();
  return Supergraph.build(copy, { validateSupergraph: false });
}
