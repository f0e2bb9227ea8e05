import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';

import { isErrorCode, type Messages, PublicError } from '../errors.ts';
import type { DepartmentFacts } from '../supergraph/department-scopes.ts';
import type { AnswerShape, FaultPath } from './answer-shape.ts';
import type { CallFailure, DepartmentCallError, ParsedAnswer } from './department-answer.ts';
import type { Asked, Caller, Processed } from './department-source.ts';
import { isPathWithin, placeOfCall, placeOfEntity } from './place-of-call.ts';
import { redactNumbers } from './redact.ts';

export interface JudgeParts {
  readonly department: DepartmentFacts;
  readonly shape: AnswerShape;
  readonly log: Logger;
}

/** Codes by which a department speaks to the caller. All its other errors are masked. */
const SPOKEN = new Set(['BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT']);

/** A department that re-checks its own rules refuses a field. Our defect or its own, so callers are not told. */
const REFUSED_BY_DEPARTMENT = 'UNAUTHORIZED_FIELD_OR_TYPE';

/** Errors taken from one answer: each is a line of the log and a part of the caller's answer. */
const MAX_ERRORS = 100;

/** What the caller is told of a call that failed as a whole. */
const CODE_OF = {
  unavailable: 'DEPARTMENT_UNAVAILABLE',
  open: 'DEPARTMENT_UNAVAILABLE',
  busy: 'DEPARTMENT_UNAVAILABLE',
  timeout: 'DEPARTMENT_TIMEOUT',
  invalid: 'DEPARTMENT_ERROR',
} as const satisfies Record<CallFailure, string>;

/** What of a department's answers is passed on, and what the caller is told of the rest: nothing that must not leave. */
export class AnswerJudge {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /** The data as far as it is what was asked for, and one error for each place where it is not. */
  judge({ data: received, errors }: ParsedAnswer, asked: Asked): Processed {
    const { query, types } = asked;
    const told = (Array.isArray(errors) ? errors : []).slice(0, MAX_ERRORS).map((error) => this.#told(error, asked));
    // A request that failed as a whole has no data, and says so by its errors.
    const { data, faults } =
      (received === undefined || received === null) && told.length > 0
        ? { data: undefined, faults: [] }
        : this.#parts.shape.check(query, received, types);
    const unexplained = faults.filter((fault) => !told.some(({ path }) => path === undefined || overlap(path, fault)));
    const all = [...told.map(({ shown }) => shown), ...unexplained.map((fault) => this.#misshapen(fault, asked))];
    return { ...(data ? { data } : {}), ...(all.length > 0 ? { errors: all } : {}) };
  }

  /** What the caller is told of a call that failed as a whole. */
  failed({ failure }: DepartmentCallError, asked: Asked): Processed {
    return { errors: [placed(this.#masked(CODE_OF[failure], asked.execution), placeOfCall(asked))] };
  }

  /** A place of an answer that is not what was asked for. */
  #misshapen(fault: FaultPath, asked: Asked) {
    const { department, log } = this.#parts;
    const { execution } = asked;
    log.error({
      requestId: execution.requestId,
      department: department.name,
      failure: 'shape',
      // Response keys of our own document and positions in lists: no value.
      place: fault.join('.'),
    });
    const [first, index] = fault;
    const whole = first === undefined || (first === '_entities' && index === undefined);
    return placed(this.#masked('DEPARTMENT_ERROR', execution), whole ? placeOfCall(asked) : placeAt(fault, asked));
  }

  /** What a department says to the caller, in the caller's language; everything else only reaches the log. */
  #told(error: unknown, asked: Asked): ToldError {
    const { department, log } = this.#parts;
    const { execution } = asked;
    const { extensions = {}, path: claimed, message } = toError(error);
    const messages = bilingual(extensions.messages);
    // A path is shown to the caller: it may hold nothing but names that we asked for.
    const path = claimed && claimed.length > 0 && isPathWithin(asked.query, claimed) ? claimed : undefined;
    const place: Place = path ? placeAt(path, asked) : placeOfCall(asked);
    if (isErrorCode(extensions.code) && SPOKEN.has(extensions.code) && messages) {
      const data = {
        department: department.name,
        ...texts({ reason: extensions.reason, argument: extensions.argument }),
      };
      return {
        path,
        shown: placed(new PublicError(extensions.code, { messages, data }).format(execution.language), place),
      };
    }
    log.error({
      requestId: execution.requestId,
      department: department.name,
      // Nothing that was filtered here is ever refused there: one of the two is wrong about a rule.
      failure: extensions.code === REFUSED_BY_DEPARTMENT ? 'refused' : 'error',
      ...texts({ code: extensions.code, reason: extensions.reason, coordinate: extensions.coordinate }),
      detail: message === undefined ? undefined : redactNumbers(message),
    });
    return { path, shown: placed(this.#masked('DEPARTMENT_ERROR', execution), place) };
  }

  #masked(code: (typeof CODE_OF)[CallFailure], { language }: Caller) {
    return new PublicError(code, { data: { department: this.#parts.department.name } }).format(language);
  }
}

/** An error of a department as the caller will see it. */
interface ToldError {
  /** As the department gave it; undefined where the error concerns the whole call. */
  readonly path: FaultPath | undefined;
  readonly shown: GraphQLFormattedError;
}

interface ReceivedError {
  readonly message?: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A department may answer anything: only members of the expected shape are taken. */
const toError = (error: unknown): ReceivedError => {
  if (typeof error !== 'object' || error === null) return {};
  const { message, path, extensions } = error as Record<string, unknown>;
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(Array.isArray(path) && path.every((key) => typeof key === 'string' || typeof key === 'number') ? { path } : {}),
    ...(typeof extensions === 'object' && extensions !== null ? { extensions: { ...extensions } } : {}),
  };
};

const bilingual = (messages: unknown): Messages | undefined => {
  if (typeof messages !== 'object' || messages === null) return undefined;
  const { vi, en } = messages as Record<string, unknown>;
  return typeof vi === 'string' && typeof en === 'string' ? { vi, en } : undefined;
};

type Place = Pick<GraphQLFormattedError, 'path' | 'extensions'>;

const placeAt = (path: FaultPath, { query }: Asked): Place => ({ path: placeOfEntity(query, path) });

const placed = (error: GraphQLFormattedError, place: Place): GraphQLFormattedError => ({
  ...error,
  ...place,
  extensions: { ...error.extensions, ...place.extensions },
});

const texts = (values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

/** Whether one of two paths leads to the other: a null and the error that explains it need not stand at one depth. */
const overlap = (a: FaultPath, b: FaultPath): boolean =>
  [...a.keys()].slice(0, b.length).every((depth) => a[depth] === b[depth]);
