import { NO_RULE, type Rule, type Rules, readRules } from '@lienthong/schema/rules';
import {
  type Decision,
  FILTER,
  type FieldSelection,
  type Filter,
  type Guard,
  type GuardSource,
  PrivateNames,
  type Question,
  type Replacements,
  type Selection,
} from '@lienthong/server/testing';
import { type GraphQLCompositeType, getNamedType, isInterfaceType, isObjectType, isUnionType } from 'graphql';

/** One plausible mistake in the filter, put in place of the product's own part. */
export interface Mutant {
  readonly name: string;
  readonly replacements: () => Replacements;
}

type Version = Parameters<NonNullable<Replacements['version']>>[0];

const open: Guard = { closed: false, rule: NO_RULE };

const withGuards = (change: (guards: GuardSource, version: Version) => Partial<GuardSource>) => (): Replacements => ({
  version: (version) => {
    const { guards } = version;
    const own: GuardSource = {
      field: (type, name) => guards.field(type, name),
      type: (type) => guards.type(type),
      step: (type, name) => guards.step(type, name),
    };
    return { guards: { ...own, ...change(own, version) } as Version['guards'] };
  },
});

/** The same guards with every rule changed. */
const withRules = (change: (rule: Rule) => Rule) =>
  withGuards((guards) => {
    const changed = (guard: Guard): Guard => (guard.closed ? guard : { closed: false, rule: change(guard.rule) });
    return {
      field: (type, name) => changed(guards.field(type, name)),
      type: (type) => changed(guards.type(type)),
    };
  });

const withAuthorize = (authorize: Filter['authorize']) => (): Replacements => ({ filter: { authorize } });

const rulesOf = new WeakMap<object, Rules>();
const rules = (version: Version): Rules => {
  const known = rulesOf.get(version) ?? readRules(version.sdl);
  rulesOf.set(version, known);
  return known;
};

const met = (one: Rule, other: Rule): Rule => ({
  authenticated: one.authenticated || other.authenticated,
  scopes: one.scopes.length > 0 ? one.scopes : other.scopes,
  policies: one.policies.length > 0 ? one.policies : other.policies,
});

/** Judges a copy of the operation, and says of the original what became of the copy. */
const judgeCopy = (
  question: Question,
  change: (field: FieldSelection) => FieldSelection,
  keepConditions = true,
): Decision => {
  const originals = new Map<Selection, Selection>();
  const copy = (selections: readonly Selection[]): Selection[] =>
    selections.map((selection) => {
      const inner = { ...selection, selections: copy(selection.selections) };
      const copied = { ...inner, conditions: keepConditions ? inner.conditions : [] };
      const changed = copied.kind === 'field' ? change(copied) : copied;
      originals.set(changed, selection);
      return changed;
    });
  const { operation } = question;
  const decision = FILTER.authorize({
    ...question,
    operation: { ...operation, selections: copy(operation.selections) },
  });
  const back = <S extends Selection>(set: ReadonlySet<S>) => new Set([...set].map((each) => originals.get(each) as S));
  return {
    ...decision,
    permitted: back(decision.permitted),
    asked: back(decision.asked),
    deniedFragments: back(decision.deniedFragments),
  };
};

const fieldsOf = (type: GraphQLCompositeType): object => (isUnionType(type) ? {} : type.getFields());

/** The first selection under a response key decides for all of them. */
const firstWins: Filter['authorize'] = (question) => {
  const decision = FILTER.authorize(question);
  const permitted = new Set(decision.permitted);
  const asked = new Set(decision.asked);
  const walk = (selections: readonly Selection[], first: Map<string, FieldSelection>) => {
    for (const selection of selections) {
      if (selection.kind === 'fragment') walk(selection.selections, first);
      else {
        const before = first.get(selection.responseKey);
        if (before === undefined) first.set(selection.responseKey, selection);
        for (const set of before ? [permitted, asked] : []) {
          if (before && set.has(before)) set.add(selection);
          else set.delete(selection);
        }
        walk(selection.selections, new Map());
      }
    }
  };
  walk(question.operation.selections, new Map());
  return { ...decision, permitted, asked };
};

class ClientNames extends PrivateNames {
  override of(field: FieldSelection): string {
    return field.responseKey;
  }
}

class Prefixes extends Set<string> {
  override has(wanted: string): boolean {
    return [...this].some((scope) => wanted.startsWith(scope));
  }
}

/** Compiled plans found again by what the client wrote, not by what is left of it. */
const plansByClientText = (): Replacements => {
  const texts = new WeakMap<object, string>();
  let count = 0;
  let current = '';
  return {
    filter: {
      authorize: (question) => {
        current = texts.get(question.operation) ?? `text ${count++}`;
        texts.set(question.operation, current);
        return FILTER.authorize(question);
      },
    },
    version: ({ engine }) => ({
      engine: {
        execute: (execution) => engine.execute({ ...execution, shape: current }),
        plan: (execution) => engine.plan(execution),
        close: () => engine.close(),
      },
    }),
  };
};

/** Every mistake that the fuzzer has to notice. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'forgets the rule of the returned type',
    replacements: withGuards((guards, version) => ({
      field: (type, name) => {
        if (!isObjectType(type) || name === '__typename' || guards.field(type, name).closed)
          return guards.field(type, name);
        const { fields, types } = rules(version);
        const rule = met(fields.get(`${type.name}.${name}`) ?? NO_RULE, types.get(type.name) ?? NO_RULE);
        return { closed: false, rule };
      },
    })),
  },
  {
    name: 'forgets the rule of the parent type',
    replacements: withGuards((guards, version) => ({
      field: (type, name) => {
        const guard = guards.field(type, name);
        const onlyParent = isObjectType(type) && !rules(version).fields.has(`${type.name}.${name}`);
        return onlyParent && !guard.closed && rules(version).types.has(type.name) ? open : guard;
      },
    })),
  },
  {
    name: 'judges by the response key',
    replacements: withAuthorize((question) =>
      judgeCopy(question, (field) =>
        Object.hasOwn(fieldsOf(field.parentType), field.responseKey) ? { ...field, name: field.responseKey } : field,
      ),
    ),
  },
  {
    name: 'judges an interface by one implementing type instead of all',
    replacements: withGuards((guards, { schema }) => ({
      field: (type, name) => {
        const [first] = isInterfaceType(type) ? schema.getPossibleTypes(type) : [];
        return first && name !== '__typename' ? guards.field(first, name) : guards.field(type, name);
      },
    })),
  },
  { name: 'lets a fragment on a denied type pass', replacements: withGuards(() => ({ type: () => open })) },
  {
    name: 'judges what @skip and @include leave out',
    replacements: withAuthorize((question) => judgeCopy(question, (field) => field, false)),
  },
  {
    name: 'forgets the defaults of variables',
    replacements: withAuthorize((question) => {
      const defaulted = question.operation.variables.filter(({ defaultValue }) => defaultValue !== undefined);
      const names = new Set(defaulted.map(({ variable }) => variable.name.value));
      const given = [...question.variables].filter(([name]) => !names.has(name));
      return FILTER.authorize({ ...question, variables: new Map(given) });
    }),
  },
  {
    name: 'swaps OR and AND',
    replacements: withRules((rule) => ({
      ...rule,
      scopes: rule.scopes.length > 1 ? [rule.scopes.flat()] : rule.scopes.flat().map((scope) => [scope]),
    })),
  },
  {
    name: 'takes a scope for all that begin with it',
    replacements: withAuthorize((question) => {
      const { principal } = question;
      return FILTER.authorize({ ...question, principal: { ...principal, scopes: new Prefixes(principal.scopes) } });
    }),
  },
  { name: 'forgets policies', replacements: withRules((rule) => ({ ...rule, policies: [] })) },
  { name: 'forgets @authenticated', replacements: withRules((rule) => ({ ...rule, authenticated: false })) },
  {
    name: 'fetches a parent that is left empty',
    replacements: withAuthorize((question) => {
      const decision = FILTER.authorize(question);
      return { ...decision, asked: decision.permitted };
    }),
  },
  {
    name: 'sends aliases in the clear',
    replacements: () => ({ filter: { names: (prefix) => new ClientNames(prefix) } }),
  },
  { name: 'lets the first of two selections with one key decide', replacements: withAuthorize(firstWins) },
  { name: 'counts self scopes everywhere', replacements: withGuards(() => ({ step: () => 'enters' })) },
  {
    name: 'lets self scopes survive a field that returns a Citizen',
    replacements: withGuards((guards) => ({
      step: (type, name) => (guards.step(type, name) === 'enters' ? 'enters' : 'stays'),
    })),
  },
  {
    name: 'lets self scopes survive a connection over citizens',
    replacements: withGuards((guards) => ({
      step: (type, name) => {
        const step = guards.step(type, name);
        const returned = isUnionType(type) ? undefined : type.getFields()[name]?.type;
        const listing = returned !== undefined && /^Citizen(Edge|Connection)$/.test(getNamedType(returned).name);
        return step === 'leaves' && listing ? 'stays' : step;
      },
    })),
  },
  {
    name: 'takes a token with self scopes alone for a citizen’s',
    replacements: withAuthorize((question) => {
      const { principal } = question;
      const selfAlone = [...principal.scopes].every((scope) => scope.includes(':self:'));
      const citizen = principal.kind === 'authenticated' && selfAlone;
      return FILTER.authorize(citizen ? { ...question, principal: { ...principal, citizen: 'anybody' } } : question);
    }),
  },
  {
    name: 'counts what else a citizen’s token carries',
    replacements: withAuthorize((question) => {
      const { principal } = question;
      const mixed = [...principal.scopes].some((scope) => !scope.includes(':self:'));
      if (principal.kind === 'anonymous' || !mixed) return FILTER.authorize(question);
      const { citizen: _, ...officer } = principal;
      return FILTER.authorize({ ...question, principal: officer });
    }),
  },
  { name: 'keeps plans by the text of the client', replacements: plansByClientText },
];
