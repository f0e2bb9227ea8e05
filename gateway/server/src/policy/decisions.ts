import type { Rule, Rules } from '@lienthong/schema/rules';

import type { PreparedOperation } from '../operation/model.ts';
import { authorize, type Decision, policiesNeeded, type Question } from './authorize.ts';
import type { Holder } from './self.ts';

/** Decisions remembered for one operation; an operation with more is judged anew each time it overflows. */
const REMEMBERED = 256;

/** Bytes, measured and rounded up: of a decision, of one selection in it, of one that is denied. */
const DECISION = 2_304;
const SELECTION = 64;
const DENIAL = 384;

type Judge = (question: Question) => Decision;

/** For whom, and under which conditions, a decision was made: all that enters it, and nothing of the person. */
export type Asker = Pick<Question, 'principal' | 'policies' | 'variables'>;

interface Memory {
  readonly decisions: Map<string, Decision>;
  readonly askers: Map<Decision, Asker>;
  /** Bytes of all of them. */
  weight: number;
  /** Of operations without conditions. */
  policiesNeeded?: ReadonlySet<string>;
  /** Of other judges than the real one. */
  others?: Map<Judge, Memory>;
}

const newMemory = (): Memory => ({ decisions: new Map(), askers: new Map(), weight: 0 });

const askerOf = ({ principal, policies, variables, operation }: Question): Asker => {
  const isCitizen = 'citizen' in principal && principal.citizen !== undefined;
  return {
    principal: { kind: principal.kind, scopes: principal.scopes, ...(isCitizen ? { citizen: '' } : {}) },
    policies,
    variables: new Map(operation.memory.conditions(operation).map((name) => [name, variables.get(name)])),
  };
};

const weightOf = ({ permitted, asked, deniedFragments, denials }: Decision): number =>
  DECISION + (permitted.size + asked.size + deniedFragments.size) * SELECTION + denials.length * DENIAL;

/**
 * Decisions of one supergraph version, each made once for all callers to whom it applies alike.
 *
 * Two callers share one where they hold the same of the names that any rule mentions, were granted the same policies,
 * are both citizens or both not, and their variables include the same selections: nothing else enters {@link authorize}.
 * Whether a selection stands on the caller's own object is a matter of the operation. Names stand in the key by their
 * number in this version's rules, never as text, so that no scope string can be made to look like two others
 * (AUTHORIZATION §2.8).
 */
export class Decisions {
  readonly #scopes = new Map<string, number>();
  readonly #policies = new Map<string, number>();
  readonly #holdings = new WeakMap<Holder, string>();

  constructor(rules: Rules) {
    for (const rule of [...rules.fields.values(), ...rules.types.values()]) this.#learn(rule);
  }

  decide(question: Question, judge: Judge = authorize): Decision {
    const { operation } = question;
    const memory = this.#memoryOf(operation, judge);
    const key = this.#keyOf(question);
    const known = memory.decisions.get(key);
    if (known) return known;
    const decision = judge(question);
    if (memory.decisions.size >= REMEMBERED) {
      memory.decisions.clear();
      memory.askers.clear();
      operation.memory.weight.grow(-memory.weight);
      memory.weight = 0;
    }
    const weight = weightOf(decision);
    memory.decisions.set(key, decision);
    memory.askers.set(decision, askerOf(question));
    memory.weight += weight;
    operation.memory.weight.grow(weight);
    return decision;
  }

  /** The decisions in use of one operation, and for whom each was made, so that another version can decide for them anew. */
  inUse(operation: PreparedOperation): ReadonlyMap<Decision, Asker> {
    return this.#memoryOf(operation, authorize).askers;
  }

  /** The policies that an operation's included selections name; walked once where nothing is conditional. */
  policiesNeeded({ operation, variables, guards }: Pick<Question, 'operation' | 'variables' | 'guards'>) {
    const memory = this.#memoryOf(operation, authorize);
    if (memory.policiesNeeded) return memory.policiesNeeded;
    const needed = policiesNeeded(operation, variables, guards);
    if (operation.memory.conditions(operation).length === 0) memory.policiesNeeded = needed;
    return needed;
  }

  #learn({ scopes, policies }: Rule): void {
    for (const name of scopes.flat()) if (!this.#scopes.has(name)) this.#scopes.set(name, this.#scopes.size);
    for (const name of policies.flat()) if (!this.#policies.has(name)) this.#policies.set(name, this.#policies.size);
  }

  /** By judge: a test's own must not find what the real one decided, nor leave its own behind. */
  #memoryOf({ memory }: PreparedOperation, judge: Judge): Memory {
    const own = memory.of(this, newMemory);
    if (judge === authorize) return own;
    own.others ??= new Map();
    const others = own.others.get(judge) ?? newMemory();
    own.others.set(judge, others);
    return others;
  }

  #keyOf({ operation, principal, policies, variables }: Question): string {
    let holdings = this.#holdings.get(principal);
    if (holdings === undefined) {
      holdings = `${callerKind(principal)} ${numbers(principal.scopes, this.#scopes)}`;
      this.#holdings.set(principal, holdings);
    }
    const conditions = operation.memory.conditions(operation);
    const included = conditions.map((name) => (variables.get(name) === true ? '1' : '0')).join('');
    return `${holdings} ${numbers(policies, this.#policies)} ${included}`;
  }
}

/** What decides besides names: for a citizen, only self scopes count, and only for a citizen. */
const callerKind = (principal: Holder): string =>
  principal.kind === 'authenticated' && principal.citizen !== undefined ? 'citizen' : principal.kind;

/** What is held of the names that rules mention, as their numbers in order. */
const numbers = (held: ReadonlySet<string>, known: ReadonlyMap<string, number>): string => {
  const found: number[] = [];
  for (const name of held) {
    const number = known.get(name);
    if (number !== undefined) found.push(number);
  }
  return found.sort((a, b) => a - b).join(',');
};
