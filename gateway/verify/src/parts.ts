import { hash32 } from './bytes.ts';
import type { Texts } from './faults.ts';
import { isCount, isTime } from './head.ts';
import { isObject, type Json, type JsonObject, parseObject } from './json.ts';

/** What the rules between records ask of one; its parts have the form of docs/ledger.md §1. */
export interface Body {
  readonly kind: string;
  readonly id: string;
  readonly time: string;
  /** Of an OUTCOME: the id of its INTENT. */
  readonly intent: string | undefined;
  readonly retention: { readonly from: number; readonly to: number; readonly before: string } | undefined;
  readonly signature: string | undefined;
}

/** What is wrong with a record's parts. */
export interface Misformed {
  /** Absent: its form is one of another version. */
  readonly part?: number;
  readonly found?: string;
  readonly why?: Texts;
}

type Check = (value: Json) => boolean;
type Form = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === 'string' && value !== '';
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every((each) => check(each as Json));
/** Texts, each once, in the order of their UTF-16 code units. */
const sorted: Check = (value) =>
  list(text)(value) && (value as readonly string[]).every((each, at, all) => at === 0 || each > (all[at - 1] ?? ''));
const object =
  (form: Form, ...needed: readonly string[]): Check =>
  (value) =>
    isObject(value) &&
    needed.every((name) => Object.hasOwn(value, name)) &&
    Object.keys(value).every((name) => Object.hasOwn(form, name) && form[name]?.(value[name] ?? null) === true);

const KINDS = ['ANSWER', 'INTENT', 'OUTCOME', 'RETENTION'];
const id = matches(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const hash: Check = (value) => hash32(value) !== undefined;
const digest = matches(/^sha-256=:[A-Za-z0-9+/]{43}=:$/);

const AFTER_DELETION: Form = { v: (v) => v === 1, kind: (kind) => KINDS.includes(String(kind)), id, time: isTime };
const COMMON: Form = {
  ...AFTER_DELETION,
  issuer: text,
  partner: text,
  agency: text,
  purpose: text,
  legalBasis: text,
};
const OPERATION: Form = {
  request: text,
  officer: text,
  case: text,
  operation: object({ type: text, hash: matches(/^[0-9a-f]{64}$/), name: text }, 'type', 'hash'),
  disclosed: sorted,
  denied: sorted,
  departments: list(
    object({ name: text, status: (status) => text(status) || Number.isInteger(status) }, 'name', 'status'),
  ),
  subjects: isCount,
  status: isCount,
  requestCommitment: hash,
  answerCommitment: hash,
  // In place of them, as records had it at first.
  requestDigest: digest,
  answerDigest: digest,
  intent: id,
};
const RETENTION: Form = {
  retention: object({ before: isTime, from: isCount, to: isCount }, 'before', 'from', 'to'),
  signature: text,
};
const isCommon = object(COMMON, 'v', 'kind', 'id', 'time');
const isCommonOfRetention = object(AFTER_DELETION, 'v', 'kind', 'id', 'time');
const isOperation = object(OPERATION, 'subjects');
const isOperationOfRetention = object(RETENTION, 'retention', 'signature');
const isEntry = object(
  {
    subject: matches(/^s1\.[A-Za-z0-9_-]{21}[AQgw]$/),
    coordinates: sorted,
    passed: (value) => list((pair) => list(text)(pair) && (pair as readonly Json[]).length === 2)(value),
  },
  'subject',
  'coordinates',
);

const NOT_CANONICAL: Texts = { vi: 'không chuẩn tắc (RFC 8785)', en: 'not canonical (RFC 8785)' };
const MEMBERS: Texts = {
  vi: 'thành viên lạ, thiếu hoặc sai kiểu',
  en: 'a member is unknown, missing or of another type',
};
const SUBJECTS: Texts = {
  vi: '“subjects” khác số mục theo chủ thể dữ liệu',
  en: '“subjects” is not the number of entries',
};
const ORDER: Texts = { vi: 'chủ thể không theo thứ tự hoặc bị lặp', en: 'subjects are out of order or stand twice' };

/** The parts of a record as the format has them, or the first that is not. */
export function readBody(parts: readonly string[]): Body | Misformed {
  const [common, operation, ...entries] = parts.map(parseObject);
  if (common === undefined) return { part: 0, why: NOT_CANONICAL };
  if (common.v !== 1) return { found: String(common.v) };
  const retention = common.kind === 'RETENTION';
  if (!(retention ? isCommonOfRetention : isCommon)(common)) return { part: 0, why: MEMBERS };
  if (operation === undefined) return { part: 1, why: NOT_CANONICAL };
  if (!(retention ? isOperationOfRetention : isOperation)(operation)) return { part: 1, why: MEMBERS };
  if (entries.length !== (retention ? 0 : operation.subjects)) return { part: 1, why: SUBJECTS };
  let before = '';
  for (const [at, entry] of entries.entries()) {
    if (entry === undefined) return { part: at + 2, why: NOT_CANONICAL };
    if (!isEntry(entry)) return { part: at + 2, why: MEMBERS };
    const subject = String(entry.subject);
    if (subject <= before) return { part: at + 2, why: ORDER };
    before = subject;
  }
  return bodyOf(common, operation);
}

function bodyOf(common: JsonObject, operation: JsonObject): Body {
  const { intent, signature, retention } = operation;
  return {
    kind: String(common.kind),
    id: String(common.id),
    time: String(common.time),
    intent: intent === undefined ? undefined : String(intent),
    signature: signature === undefined ? undefined : String(signature),
    retention: isObject(retention)
      ? { from: Number(retention.from), to: Number(retention.to), before: String(retention.before) }
      : undefined,
  };
}
