import { type Ledger, LedgerUnavailable, type NewRecord, type Receipt } from '@lienthong/ledger';
import type { Logger } from 'pino';

import type { Answer, Outcome, ReceivedRequest, RequestContext } from '../context.ts';
import { PublicError } from '../errors.ts';
import { refusal } from '../pipeline/respond.ts';
import type { Authenticated, Principal } from '../policy/principal.ts';
import { NONCE_HEADER, RECORD_HEADER } from '../signing/answer.ts';
import { type Digests, digestsOf } from '../signing/digest.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Named } from './arguments.ts';
import type { Disclosed, PassedInput } from './disclosed.ts';
import type { RecordDraft } from './draft.ts';

export interface KeeperParts {
  readonly ledger: Pick<Ledger, 'append'>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A request and how it ended, as far as its record needs. */
export interface Ended {
  readonly request: ReceivedRequest;
  readonly context: Pick<RequestContext, 'requestId' | 'language'>;
  /** Undefined where the request was refused before anybody knew who asks. */
  readonly principal: Principal | undefined;
  readonly outcome: Outcome;
  readonly digests: Digests;
}

/** Writes down who was answered what about whom, before it leaves (docs/ledger.md). */
export class RecordKeeper {
  readonly #parts: KeeperParts;
  #underWay = 0;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Requests that were begun and whose record is still to come, if they leave one. */
  get underWay(): number {
    return this.#underWay;
  }

  /** What the steps of one request fill in; every request that has one comes to {@link keep} in the end. */
  draft(): RecordDraft {
    this.#underWay += 1;
    return { departments: new Map(), denied: NOTHING_DENIED };
  }

  /**
   * Before a write runs: what is about to happen, durable, so that no change is ever made of which nothing is known.
   *
   * @throws PublicError LEDGER_UNAVAILABLE: nothing has run
   */
  async intent({ principal, outcome, requestId }: RequestContext, named: readonly Named[]): Promise<void> {
    const { record } = outcome;
    if (record === undefined) return;
    try {
      const { id } = await this.#parts.ledger.append(
        recordOf(principal, requestId, outcome, {
          ...{ kind: 'INTENT', disclosed: [], denied: [], departments: [] },
          entries: entriesOf(byPerson(named), NOTHING_PASSED),
        }),
      );
      record.intent = id;
    } catch (error) {
      throw this.#failed(error, requestId, 'INTENT');
    }
  }

  /**
   * Writes the record of an answered or refused request.
   *
   * @returns the answer that may leave: the one given, with the name of its record, or a refusal in its place
   */
  async keep(answer: Answer, { request, context, principal, outcome, digests }: Ended): Promise<Answer> {
    const { record } = outcome;
    if (record !== undefined) this.#underWay -= 1;
    // Refused before authentication: there is nobody to write down. Such requests are counted (metrics).
    if (record === undefined || principal === undefined) return answer;
    const { disclosed = ofFailed(record) } = outcome;
    // What one department was told by another is a disclosure, even where nothing of it is shown in the end.
    const isDisclosing = disclosed.coordinates.length > 0 || disclosed.passed.size > 0;
    const personal = answer.status === 200 && isDisclosing;
    const { intent } = record;
    // Public data for whoever asks is nobody's disclosure. A write that was begun has an end, whoever made it.
    if (principal.kind === 'anonymous' && !isDisclosing && intent === undefined) return answer;
    const written = recordOf(principal, context.requestId, outcome, {
      kind: intent === undefined ? 'ANSWER' : 'OUTCOME',
      disclosed: disclosed.coordinates,
      denied: [...record.denied].sort(),
      departments: [...record.departments].sort(byName).map(([name, status]) => ({ name, status })),
      status: answer.status,
      requestDigest: digests.request,
      answerDigest: digests.answer,
      intent,
      entries: entriesOf(disclosed.entries, disclosed.passed),
    });
    try {
      return withRecord(answer, await this.#parts.ledger.append(written, { personal, lasting: intent !== undefined }));
    } catch (error) {
      const refused = this.#failed(error, context.requestId, written.kind, intent !== undefined);
      // A write has happened whether or not that can be told: what it answers is withheld like any personal data.
      if (!personal && intent === undefined) return answer;
      outcome.codes.add(refused.code);
      const withheld = refusal(refused, request, context);
      if (error instanceof LedgerUnavailable) return withheld;
      return this.#keepWithheld(withheld, { ...written, ...namedAlone(record) }, request);
    }
  }

  /** That an answer was withheld of which no record can be made, one about too many people: it says whom the request named. */
  async #keepWithheld(withheld: Answer, written: NewRecord, request: ReceivedRequest): Promise<Answer> {
    const { status } = withheld;
    const { answer } = digestsOf(request, withheld);
    const about = { ...written, status, answerDigest: answer };
    try {
      return withRecord(withheld, await this.#parts.ledger.append(about, { lasting: written.intent !== undefined }));
    } catch {
      // It has been told already that a record was lost, and nothing of anybody leaves.
      return withheld;
    }
  }

  /** @param executed whether a write has been carried out */
  #failed(error: unknown, requestId: string, kind: NewRecord['kind'], executed = false): PublicError {
    const { log, metrics } = this.#parts;
    metrics.recordLost(kind);
    log.error({ requestId, failure: 'ledger', kind, err: error }, 'a record could not be written');
    const data = executed ? { data: { executed }, messages: EXECUTED } : {};
    if (!(error instanceof LedgerUnavailable)) return new PublicError('INTERNAL_SERVER_ERROR', data);
    return new PublicError('LEDGER_UNAVAILABLE', { ...data, ...(executed ? {} : { headers: { 'retry-after': '2' } }) });
  }
}

const NOTHING_DENIED: ReadonlySet<string> = new Set();
const NOTHING_PASSED: Disclosed['passed'] = new Map();
const NOTHING: Disclosed = { entries: new Map(), passed: NOTHING_PASSED, coordinates: [] };

/** Departments were told whom the arguments name, whatever became of the answer. */
const namedAlone = ({ naming }: RecordDraft): Pick<NewRecord, 'disclosed' | 'entries'> => {
  const named = naming?.named ?? [];
  return {
    disclosed: [...new Set(named.map(({ coordinate }) => coordinate))].sort(),
    entries: entriesOf(byPerson(named), NOTHING_PASSED),
  };
};

/** Of an operation that failed before it could be told what it disclosed; its INTENT names no less. */
const ofFailed = (record: RecordDraft): Disclosed => {
  if (record.naming === undefined || (record.intent === undefined && record.departments.size === 0)) return NOTHING;
  const { disclosed: coordinates } = namedAlone(record);
  return { entries: byPerson(record.naming.named), passed: NOTHING_PASSED, coordinates };
};

const EXECUTED = {
  vi: 'Thao tác ghi ĐÃ được thực hiện, nhưng câu trả lời chưa ghi được vào sổ nên không được trả. Đừng gửi lại thao tác; hãy đọc lại dữ liệu sau ít giây.',
  en: 'The write WAS carried out, but its answer could not be recorded and is withheld. Do not repeat the write; read the data again in some seconds.',
};

const entriesOf = (disclosed: Disclosed['entries'], passed: Disclosed['passed']): NewRecord['entries'] => {
  const entries = [...disclosed].map(([citizen, coordinates]) => ({
    citizen,
    coordinates,
    passed: passed.get(citizen)?.map(pair),
  }));
  for (const [citizen, inputs] of passed) {
    if (!disclosed.has(citizen)) entries.push({ citizen, coordinates: [], passed: inputs.map(pair) });
  }
  return entries;
};

const pair = ({ coordinate, department }: PassedInput): readonly [string, string] => [coordinate, department];

/** Whom a write names, and by which of its fields. */
const byPerson = (named: readonly Named[]): Disclosed['entries'] => {
  const persons = new Map<string, Set<string>>();
  for (const { coordinate, ids } of named) {
    for (const id of ids) persons.set(id, (persons.get(id) ?? new Set()).add(coordinate));
  }
  return new Map([...persons].map(([id, coordinates]) => [id, [...coordinates].sort()]));
};

/**
 * The answer with the name of its record, and with what shows that the record is of it. Put into a copy: a member added to a
 * spread takes long.
 */
const withRecord = ({ status, headers, body }: Answer, { id, nonce, deferred }: Receipt): Answer => {
  const named: Record<string, string> = Object.assign({}, headers);
  // A record is named where it is certain to be found; a deferred one is in memory alone, until the store is back.
  if (!deferred) named[RECORD_HEADER] = id;
  if (nonce !== undefined) named[NONCE_HEADER] = nonce;
  return { status, headers: named, body };
};

type Told = Pick<NewRecord, 'kind' | 'disclosed' | 'denied' | 'departments' | 'entries'> &
  Pick<NewRecord, 'status' | 'requestDigest' | 'answerDigest' | 'intent'>;

/** Every member by its name: it is done for every request, and spreads would be most of it. */
const recordOf = (
  principal: Principal,
  request: string,
  { operation, operationHash: hash, record }: Outcome,
  told: Told,
): NewRecord => {
  const by = principal.kind === 'anonymous' ? undefined : principal;
  return {
    kind: told.kind,
    issuer: by?.issuer,
    partner: by?.clientId,
    agency: by?.org,
    purpose: by?.purpose,
    legalBasis: by?.legalBasis,
    request,
    officer: by && officerOf(by),
    case: by?.caseId,
    operation:
      operation === undefined || hash === undefined
        ? undefined
        : { type: operation === 'mutation' ? 'mutation' : 'query', hash, name: record?.document },
    disclosed: told.disclosed,
    denied: told.denied,
    departments: told.departments,
    status: told.status,
    requestDigest: told.requestDigest,
    answerDigest: told.answerDigest,
    intent: told.intent,
    entries: told.entries,
  };
};

/** A client that acts for itself has no officer. */
const officerOf = ({ subject, clientId }: Authenticated): string | undefined =>
  subject === clientId ? undefined : subject;

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;
