import type { Rule, Rules } from '@lienthong/schema/rules';

import type { Condition, PreparedOperation, Selection } from '../operation/model.ts';
import { authorize, type Decision, policiesNeeded, type Question } from './authorize.ts';
import type { Principal } from './principal.ts';

/** Decisions remembered for one operation; an operation with more is judged anew each time it overflows. */
const REMEMBERED = 256;

type Judge = (question: Question) => Decision;

interface Memory {
  /** Names of the variables that decide what is included. */
  readonly conditions: readonly string[];
  readonly decisions: Map<string, Decision>;
}

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
  /** By judge: a test's own must not find what the real one decided, nor leave its own behind. */
  readonly #memories = new WeakMap<Judge, WeakMap<PreparedOperation, Memory>>();
  /** Of operations without conditions. */
  readonly #policiesNeeded = new WeakMap<PreparedOperation, ReadonlySet<string>>();
  readonly #holdings = new WeakMap<Principal, string>();

  constructor(rules: Rules) {
    for (const rule of [...rules.fields.values(), ...rules.types.values()]) this.#learn(rule);
  }

  decide(question: Question, judge: Judge = authorize): Decision {
    const memory = this.#memoryOf(question.operation, judge);
    const key = this.#keyOf(question, memory);
    const known = memory.decisions.get(key);
    if (known) return known;
    const decision = judge(question);
    if (memory.decisions.size >= REMEMBERED) memory.decisions.clear();
    memory.decisions.set(key, decision);
    return decision;
  }

  /** The policies that an operation's included selections name; walked once where nothing is conditional. */
  policiesNeeded({ operation, variables, guards }: Pick<Question, 'operation' | 'variables' | 'guards'>) {
    const known = this.#policiesNeeded.get(operation);
    if (known) return known;
    const needed = policiesNeeded(operation, variables, guards);
    if (conditionVariables(operation.selections).size === 0) this.#policiesNeeded.set(operation, needed);
    return needed;
  }

  #learn({ scopes, policies }: Rule): void {
    for (const name of scopes.flat()) if (!this.#scopes.has(name)) this.#scopes.set(name, this.#scopes.size);
    for (const name of policies.flat()) if (!this.#policies.has(name)) this.#policies.set(name, this.#policies.size);
  }

  #memoryOf(operation: PreparedOperation, judge: Judge): Memory {
    const memories = this.#memories.get(judge) ?? new WeakMap<PreparedOperation, Memory>();
    this.#memories.set(judge, memories);
    const memory = memories.get(operation) ?? {
      conditions: [...conditionVariables(operation.selections)],
      decisions: new Map(),
    };
    memories.set(operation, memory);
    return memory;
  }

  #keyOf({ principal, policies, variables }: Question, { conditions }: Memory): string {
    let holdings = this.#holdings.get(principal);
    if (holdings === undefined) {
      holdings = `${callerKind(principal)} ${numbers(principal.scopes, this.#scopes)}`;
      this.#holdings.set(principal, holdings);
    }
    const included = conditions.map((name) => (variables.get(name) === true ? '1' : '0')).join('');
    return `${holdings} ${numbers(policies, this.#policies)} ${included}`;
  }
}

/** What decides besides names: for a citizen, only self scopes count, and only for a citizen. */
const callerKind = (principal: Principal): string =>
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

const conditionVariables = (selections: readonly Selection[], names = new Set<string>()): Set<string> => {
  for (const { conditions, selections: inner } of selections) {
    for (const { value } of conditions as readonly Condition[])
      if (typeof value !== 'boolean') names.add(value.variable);
    conditionVariables(inner, names);
  }
  return names;
};
