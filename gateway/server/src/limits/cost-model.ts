import { directiveNames, readFeatures } from '@lienthong/schema/rules';
import { type ConstDirectiveNode, type ConstValueNode, Kind, parse, valueFromASTUntyped } from 'graphql';

/** What `@listSize` says of a list field. */
export interface ListSize {
  readonly assumedSize: number | undefined;
  readonly slicingArguments: readonly string[];
  /** Fields of the returned object whose length this is, as in connections. */
  readonly sizedFields: readonly string[];
}

/** The `@cost` weights and `@listSize` of a supergraph, by coordinate; types by their name. */
export interface CostModel {
  readonly weights: ReadonlyMap<string, number>;
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

const COST_SPECIFICATION = 'https://specs.apollo.dev/cost';

/** Reads the cost directives off the unstripped supergraph, known by their specification and not by their name. */
export const readCostModel = (supergraphSdl: string): CostModel => {
  const document = parse(supergraphSdl, { noLocation: true });
  const feature = readFeatures(document).features.find(({ identity }) => identity === COST_SPECIFICATION);
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  if (!feature) return { weights, listSizes };
  const cost = directiveNames(feature, 'cost');
  const listSize = directiveNames(feature, 'listSize');

  const read = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined) => {
    for (const directive of directives ?? []) {
      const value = (name: string) => argument(directive, name);
      if (cost.has(directive.name.value)) {
        const weight = Number(value('weight'));
        if (Number.isFinite(weight)) weights.set(coordinate, weight);
      } else if (listSize.has(directive.name.value)) {
        const assumed = value('assumedSize');
        listSizes.set(coordinate, {
          assumedSize: typeof assumed === 'number' ? assumed : undefined,
          slicingArguments: names(value('slicingArguments')),
          sizedFields: names(value('sizedFields')),
        });
      }
    }
  };

  for (const definition of document.definitions) {
    if (!('name' in definition) || !definition.name) continue;
    const type = definition.name.value;
    if ('directives' in definition) read(type, definition.directives as readonly ConstDirectiveNode[]);
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of definition.fields ?? []) read(`${type}.${field.name.value}`, field.directives);
  }
  return { weights, listSizes };
};

const argument = (directive: ConstDirectiveNode, name: string): unknown => {
  const value: ConstValueNode | undefined = directive.arguments?.find((node) => node.name.value === name)?.value;
  return value && valueFromASTUntyped(value);
};

const names = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
