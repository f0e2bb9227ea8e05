import type { DocumentNode } from 'graphql';
import { type Refusal, refusal } from '../admission/refusal.ts';
import { directiveNames, type Feature, readFeatures, typeNames } from './links.ts';

/** The directives that guard a coordinate, as the specification names them. */
export const GUARDS = ['authenticated', 'requiresScopes', 'policy'] as const;
export type Guard = (typeof GUARDS)[number];

const SPECS = 'https://specs.apollo.dev';

/** Versions whose meaning this code knows. A later one could mean something else, so it is refused, never guessed. */
const KNOWN_VERSIONS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ...GUARDS.map((guard): [string, ReadonlySet<string>] => [`${SPECS}/${guard}`, new Set(['v0.1'])]),
  [`${SPECS}/tag`, new Set(['v0.1', 'v0.2', 'v0.3'])],
]);

/** Security and execution features that say nothing about who may read what. */
const NEUTRAL = new Set(
  ['federation', 'link', 'core', 'join', 'inaccessible', 'tag', 'context', 'cost', 'connect', 'cacheTag'].map(
    (name) => `${SPECS}/${name}`,
  ),
);

/** Types that the guards' specifications bring along. */
const GUARD_TYPES: ReadonlyMap<Guard, string> = new Map([
  ['requiresScopes', 'Scope'],
  ['policy', 'Policy'],
]);

/** How a document writes the guards and the tag. */
export interface Vocabulary {
  /** Directive name in this document → the guard it is. */
  readonly guards: ReadonlyMap<string, Guard>;
  /** Directive names in this document that mean `@tag`. */
  readonly tags: ReadonlySet<string>;
  /** Scalars of the guards' specifications, by their name in this document. */
  readonly types: ReadonlySet<string>;
  /** The `@link` of each guard. */
  readonly guardFeatures: readonly Feature[];
  readonly features: readonly Feature[];
}

/** Whether a feature is one of the three guard specifications. */
const guardOf = (feature: Feature): Guard | undefined =>
  GUARDS.find((guard) => feature.identity === `${SPECS}/${guard}`);

/** Reads the vocabulary of a supergraph or a department from its links: a directive is known by its specification's URL, never by its name. */
export function readVocabulary(document: DocumentNode): { vocabulary: Vocabulary; refusals: readonly Refusal[] } {
  const { features, refusals: linkRefusals } = readFeatures(document);
  const refusals = [...linkRefusals, ...features.flatMap(refuseUnknown)];
  const guards = new Map<string, Guard>();
  const tags = new Set<string>();
  const types = new Set<string>();
  const guardFeatures: Feature[] = [];
  for (const feature of features) {
    const guard = guardOf(feature);
    if (guard !== undefined) {
      guardFeatures.push(feature);
      for (const name of directiveNames(feature, guard)) guards.set(name, guard);
      const type = GUARD_TYPES.get(guard);
      if (type !== undefined) for (const name of typeNames(feature, type)) types.add(name);
    } else if (feature.identity === `${SPECS}/federation`) {
      // A department links the federation specification, which has all of them; a supergraph links each by itself.
      for (const each of GUARDS) for (const name of directiveNames(feature, each)) guards.set(name, each);
    }
    if (feature.identity === `${SPECS}/tag` || feature.identity === `${SPECS}/federation`) {
      for (const name of directiveNames(feature, 'tag')) tags.add(name);
    }
  }
  return { vocabulary: { guards, tags, types, guardFeatures, features }, refusals };
}

function refuseUnknown(feature: Feature): readonly Refusal[] {
  const known = KNOWN_VERSIONS.get(feature.identity);
  const url = `${feature.identity}/${feature.version}`;
  if (known !== undefined && !known.has(feature.version)) {
    return [
      refusal(
        'UNKNOWN_SPEC_VERSION',
        `không biết phiên bản ${url}; dùng ${[...known].join(', ')}`,
        `unknown version ${url}; use ${[...known].join(', ')}`,
        { coordinate: `@${feature.namespace}` },
      ),
    ];
  }
  if (known === undefined && feature.purpose === 'SECURITY' && !NEUTRAL.has(feature.identity)) {
    return [
      refusal(
        'UNKNOWN_SECURITY_SPEC',
        `cổng không biết thực thi đặc tả bảo mật ${url}; bỏ liên kết này hoặc dùng chỉ thị của federation`,
        `the gateway cannot enforce the security specification ${url}; remove the link or use federation's directives`,
        { coordinate: `@${feature.namespace}` },
      ),
    ];
  }
  return [];
}
