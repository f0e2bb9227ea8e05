import { type Alternatives, isRecord, isText, type Requirements, requirementsOf } from './requirements.ts';

/** One place of an operation: what it asks for, and what this caller lacks. */
export interface ExplainedField {
  readonly path: string;
  readonly coordinate: string;
  /** False also below a field that is denied. */
  readonly permitted: boolean;
  /** Absent where no token opens it. */
  readonly required?: Requirements;
  /** Absent where the rule is met. */
  readonly missing?: Requirements;
  /** Scopes among the missing that the token holds, and that do not count on somebody else's object. */
  readonly notHere: readonly string[];
  /** Any one of them meets the policies. */
  readonly purposes: readonly string[];
}

/** What the gateway would do with an operation (`POST /explain`), as far as the page shows it. */
export interface Explanation {
  readonly operation: string;
  readonly answer: 'whole' | 'filtered' | 'refused';
  readonly codes: readonly string[];
  readonly cost: number;
  readonly budget: number;
  /** In the order in which they are asked. */
  readonly departments: readonly string[];
  readonly plan?: string;
  /** The plan's own names, and what the caller calls them. */
  readonly names: readonly (readonly [string, string])[];
  readonly fields: readonly ExplainedField[];
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter(isText) : []);
const text = (value: unknown): string => (isText(value) ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

function fieldOf(field: Record<string, unknown>): ExplainedField {
  const { path, coordinate, permitted, required, missing, notHere, purposes } = field;
  return {
    path: text(path),
    coordinate: text(coordinate),
    permitted: permitted === true,
    ...(isRecord(required) ? { required: requirementsOf(required) } : {}),
    ...(isRecord(missing) ? { missing: requirementsOf(missing) } : {}),
    notHere: texts(notHere),
    purposes: texts(purposes),
  };
}

/** Reads the answer of `/explain`; `undefined`: it holds no explanation, but errors. */
export function explanationOf(body: unknown): Explanation | undefined {
  const data = isRecord(body) ? body.data : undefined;
  if (!isRecord(data) || !isRecord(data.outcome) || !isRecord(data.cost) || !Array.isArray(data.fields))
    return undefined;
  const { answer, codes } = data.outcome;
  return {
    operation: text(data.operation),
    answer: answer === 'whole' || answer === 'refused' ? answer : 'filtered',
    codes: texts(codes),
    cost: number(data.cost.cost),
    budget: number(data.cost.budget),
    departments: texts(data.departments),
    ...(isText(data.plan) ? { plan: data.plan } : {}),
    names: isRecord(data.names) ? Object.entries(data.names).map(([own, theirs]) => [own, text(theirs)] as const) : [],
    fields: data.fields.filter(isRecord).map(fieldOf),
  };
}

export const isDenied = ({ permitted }: ExplainedField): boolean => !permitted;

/** Denied fields before permitted ones, each in the order of the query. */
export const deniedFirst = (fields: readonly ExplainedField[]): readonly ExplainedField[] => [
  ...fields.filter(isDenied),
  ...fields.filter(({ permitted }) => permitted),
];

/** What a registration would have to grant besides, for every field of the operation to open. */
export interface Needed {
  readonly scopes: readonly string[];
  /** Any one of them meets every policy; empty: there is none, or none is needed. */
  readonly purposes: readonly string[];
  /** Fields that no token opens. */
  readonly closed: number;
}

/**
 * The scopes to ask for. Of a field's alternatives the one that adds least is taken; fields that leave no choice go first,
 * so that the others can be met by what is asked for anyway.
 */
export function neededFor(fields: readonly ExplainedField[]): Needed {
  const sets = fields.flatMap(({ missing }): Alternatives[] => (missing?.scopes.length ? [missing.scopes] : []));
  const scopes = new Set<string>();
  for (const choices of [...sets].sort((a, b) => a.length - b.length)) {
    const added = choices.map((names) => names.filter((name) => !scopes.has(name)));
    const least = added.reduce((best, names) => (names.length < best.length ? names : best));
    for (const name of least) scopes.add(name);
  }
  const purposes = fields.filter(({ missing }) => missing?.policies.length).map((field) => field.purposes);
  const [first = [], ...others] = purposes;
  return {
    scopes: [...scopes].sort(),
    purposes: first.filter((purpose) => others.every((list) => list.includes(purpose))),
    closed: fields.filter(({ missing }) => missing?.closed).length,
  };
}
