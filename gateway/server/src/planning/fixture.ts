import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { composeSources } from '@lienthong/schema/compose';
import { parse } from 'graphql';

import { planningInPlace } from './in-place.ts';
import { createPlanner, type QueryPlan } from './planner.ts';
import type { FetchNode, PlanNode } from './restore.ts';

/** Departments of a test by name: their SDL without the federation link. */
export type Departments = Readonly<Record<string, string>>;

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires",
  "@external", "@shareable", "@interfaceObject", "@inaccessible", "@override", "@requiresScopes", "@context", "@fromContext"])\n`;

/** @throws Error where the departments do not compose */
export const supergraphOf = (departments: Departments): string => {
  const folder = mkdtempSync(join(tmpdir(), 'lienthong-planning-'));
  try {
    const sources = Object.entries(departments).map(([name, sdl]) => {
      const file = join(folder, `${name}.graphql`);
      writeFileSync(file, LINK + sdl);
      return { name, url: `http://${name}.invalid/graphql`, schema: [file] };
    });
    const composition = composeSources({ departments: sources });
    if (composition.ok) return composition.supergraph;
    throw new Error(composition.errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** One call of a plan: what is asked, and which member of the data each member of a representation is taken from. */
export interface Step {
  readonly department: string;
  readonly asks: string;
  readonly sends?: Sent;
}
export interface Sent {
  readonly [name: string]: string | Sent;
}

/** The calls of the plan of one operation, in order. */
export const stepsOf = async (departments: Departments, operation: string): Promise<Step[]> => {
  const planner = await createPlanner(supergraphOf(departments), planningInPlace());
  return fetches(await planner.plan(parse(operation), operation)).map((fetch) => {
    const step = { department: fetch.serviceName, asks: fetch.operation.replace(/^.*?_entities\(.*?\)(.*)\}$/, '$1') };
    return fetch.requires ? { ...step, sends: sentBy(fetch) } : step;
  });
};

const fetches = ({ node }: QueryPlan): FetchNode[] => {
  const walk = (part: PlanNode): FetchNode[] => {
    if (part.kind === 'Fetch') return [part];
    if (part.kind === 'Flatten') return walk(part.node);
    if (part.kind === 'Sequence' || part.kind === 'Parallel') return part.nodes.flatMap(walk);
    throw new TypeError(`a plan with ${part.kind}`);
  };
  return node && node.kind !== 'Subscription' ? walk(node) : [];
};

const sentBy = ({ requires = [], inputRewrites = [] }: FetchNode): Sent => {
  const walk = (
    selections: NonNullable<FetchNode['requires']>,
    path: readonly string[],
  ): Record<string, string | Sent> =>
    Object.assign(
      {},
      ...selections.map((selection) => {
        if (selection.kind === 'InlineFragment') {
          return walk(selection.selections, [...path, `... on ${selection.typeCondition}`]);
        }
        const here = [...path, selection.name];
        const rewrite = inputRewrites.find(
          (each) => each.kind === 'KeyRenamer' && each.path.join(' ') === here.join(' '),
        );
        const name = rewrite?.kind === 'KeyRenamer' ? rewrite.renameKeyTo : selection.name;
        return { [name]: selection.selections ? walk(selection.selections, here) : selection.name };
      }),
    );
  return walk(requires, []);
};
