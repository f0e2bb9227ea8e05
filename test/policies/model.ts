/** One file of the tables: a rule of the authorization contract, a few small federations, and what each caller gets. */
export interface Table {
  /** As it stands in messages, `1.4-merging.yaml`. */
  readonly file: string;
  /** The rule that the file is about; every case of it shows at least this one. */
  readonly rule: string;
  readonly title: string;
  /** The rule in plain words, for readers who do not have the contract at hand. */
  readonly says: string;
  readonly federations: ReadonlyMap<string, FederationText>;
  readonly cases: readonly Case[];
  readonly compositions: readonly CompositionCase[];
}

export interface FederationText {
  /** Unique among all files: `1.4-merging.yaml:land`. */
  readonly name: string;
  /** SDL by department. Without a `@link` of its own a department gets the usual one. */
  readonly departments: ReadonlyMap<string, string>;
  /** Objects by name; `Query` and `Mutation` are the roots. */
  readonly data: Objects;
}

export type Objects = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

export interface Case {
  readonly id: string;
  /** One sentence. */
  readonly shows: string;
  readonly rules: readonly string[];
  readonly federation: FederationText;
  readonly settings: Settings;
  readonly reload?: Reload;
  readonly token: Token;
  readonly decisionPoint: DecisionPointAnswer;
  readonly operation: string;
  readonly operationName?: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
}

/** What departs from the gateway's defaults, by the names of its own configuration. */
export interface Settings {
  readonly environment: 'development' | 'production';
  readonly authorization: {
    readonly mode: Mode;
    readonly unguarded: 'allow' | 'refuse';
    readonly hideDenied: boolean;
    readonly discloseRequirements: boolean;
  };
  readonly limits: Readonly<Record<string, number>>;
}

export type Mode = 'filter' | 'reject' | 'report';

/** The gateway answered the same operation before, by the case's federation; then it was given this supergraph. */
export interface Reload {
  readonly federation: FederationText;
  /** Texts of the composed supergraph to replace, as a faulty publication would have them. */
  readonly replace: ReadonlyMap<string, string>;
  readonly outcome: 'served' | 'refused';
}

/** `issuer: array` is one whose configuration says that scopes come as an array. */
export type Token =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'bearer';
      readonly issuer: 'string' | 'array';
      /** Claims as they stand in the token. */
      readonly claims: Readonly<Record<string, unknown>>;
    };

/** What the policy decision point says: `late` never answers, `broken` answers 500. */
export type DecisionPointAnswer =
  | { readonly kind: 'result'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly kind: 'late' | 'broken' };

export type Expectation = (Answered | Refused) & {
  /** What departments may have been asked, by coordinates; keys are understood. Empty: no department was called. */
  readonly asked: readonly string[];
  /** What departments were asked although nobody selected it, because something asked for reads it. */
  readonly inputs: readonly string[];
  readonly denials: readonly Told[];
  /** Every policy that the decision point was asked for. Absent: not looked at. */
  readonly policiesAsked?: readonly string[];
  /** Texts that may stand neither in the answer nor in what departments were sent. */
  readonly never: readonly string[];
};

export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  readonly data: unknown;
}

/** The whole operation is refused: there is no `data`. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly code: string;
  /** Members of the error's extensions. */
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** One denial as the caller is told. */
export interface Told {
  readonly affectedPath: string;
  readonly coordinate: string;
  /** What would open it; told only with `discloseRequirements`. */
  readonly required?: unknown;
}

/** What `lienthong compose` says of departments' schemas: nothing here is served. */
export interface CompositionCase {
  readonly id: string;
  readonly shows: string;
  readonly rules: readonly string[];
  readonly departments: ReadonlyMap<string, string>;
  readonly unguarded: 'allow' | 'refuse';
  /** Whether each guarded field must say whose data it is. */
  readonly dataSubjects: 'optional' | 'required';
  /** The departments of the version before: no coordinate may lose its guard. */
  readonly before?: ReadonlyMap<string, string>;
  /** Coordinates that may. */
  readonly acknowledged: readonly string[];
  /** `CODE` or `CODE coordinate`. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}
