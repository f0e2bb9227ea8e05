import type { DocumentNode, GraphQLFormattedError } from 'graphql';
import type { Outcome } from '../context.ts';
import type { Principal } from '../policy/principal.ts';
import type { Trace } from '../telemetry/trace.ts';
import type { Executable, PermittedShape } from './compiled/engine.ts';

/** What departments are asked for one request, already filtered and in private names. */
export interface Execution {
  readonly document: DocumentNode;
  /** SHA-256 of the filtered document, printed: two callers share a plan only where they may have the same shape. */
  readonly shape: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  readonly requestId: string;
  readonly language: 'vi' | 'en';
  /** Milliseconds of `performance.now()`. */
  readonly deadline: number;
  readonly trace?: Trace | undefined;
  /** Where it is told how it ended with each department. */
  readonly outcome?: Pick<Outcome, 'record'>;
  readonly witness?: Witness;
}

/** Sees what departments are told, and whether they know what they are asked about. */
export interface Witness {
  /** Representations as they leave; `path` in private names, `@` for a list level. */
  sent(department: string, path: readonly (string | number)[], representations: readonly object[]): void;
  /** A department did not know an entity, and said no more. */
  missing(): void;
}

/** What came back: data under private names, and errors that are fit to be shown, paths still in private names. */
export interface Executed {
  readonly data: unknown;
  readonly errors: readonly GraphQLFormattedError[];
}

/** How departments would be asked. */
export interface Plan {
  /** For people, in the planner's own notation and under private names. */
  readonly text: string;
  /** In the order in which the plan first names them. */
  readonly departments: readonly string[];
}

/** Plans and runs permitted operations over the departments of one supergraph version. */
export interface Engine {
  execute(execution: Execution): Promise<Executed>;
  /** The plan by which `execute` would run; no department is asked. */
  plan(execution: Execution): Promise<Plan>;
  /**
   * A permitted shape compiled to run; undefined where `execute` has to run it. Absent: the engine compiles nothing.
   *
   * @throws PublicError as the planner does
   */
  compile?(shape: PermittedShape, trace?: Trace): Promise<Executable | undefined>;
  /** It answers from now on, in place of the one before. */
  serve?(): void;
  /** Once nothing is under way on it. */
  close(): Promise<void>;
}
