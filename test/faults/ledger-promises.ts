import { committed } from '../kit/commitments.ts';
import type { KeptRecord } from '../kit/kept-records.ts';
import type { LedgerKeys } from '../kit/ledger-keys.ts';
import type { Told } from './ledger-load.ts';
import { type Executed, PERSONAL } from './ledger-people.ts';

/** How often each thing was seen: a run in which nothing was lost proves little. */
export interface Seen {
  records: number;
  /** Answers that arrived in full, and those of them with somebody's data. */
  answers: number;
  personal: number;
  /** Answers that were withheld because nothing could be written. */
  withheld: number;
  /** Questions whose gateway died. */
  lost: number;
  executed: number;
  /** Writes that were carried out, and of which the client was told that the answer is withheld. */
  untold: number;
  /** Writes that were carried out by a gateway that died before it could say so. */
  unfinished: number;
}

export interface Promised {
  readonly told: readonly Told[];
  readonly executed: readonly Executed[];
  readonly records: readonly KeptRecord[];
  readonly keys: LedgerKeys;
  /** Whether a gateway was killed while a question of that moment may have been under way. */
  readonly wasKilled: (gateway: string, at: number) => boolean;
}

/**
 * What the ledger promises, held against what clients were told and what the department has done. Every answer in `told`
 * had arrived before `records` were read.
 *
 * @returns `late`: what may still be written, and has to be soon
 */
export const brokenPromises = ({ told, executed, records, keys, wasKilled }: Promised) => {
  const broken: string[] = [];
  const late: string[] = [];
  const seen: Seen = {
    records: records.length,
    ...{ answers: 0, personal: 0, withheld: 0, lost: 0, executed: executed.length, untold: 0, unfinished: 0 },
  };
  const byId = new Map(records.map((record) => [record.common.id, record]));
  const intents = new Map<string, KeptRecord>();
  const outcomes = new Set<string>();
  for (const record of records) {
    const { kind } = record.common;
    if (kind === 'INTENT') intents.set(record.operation.request, record);
    if (record.operation.intent !== undefined) outcomes.add(record.operation.intent);
  }

  const named = new Set<string>();
  const nonces = new Set<string>();
  for (const each of told) {
    const { what, gateway, number, at, status, record, nonce, text } = each;
    const where = `${what} by ${gateway} at ${new Date(at).toISOString()}`;
    if (text === undefined) {
      seen.lost += 1;
      if (!wasKilled(gateway, at)) broken.push(`${where}: lost, though nobody killed the gateway`);
    } else {
      seen.answers += 1;
      if (text.includes('LEDGER_UNAVAILABLE')) seen.withheld += 1;
    }
    const isPersonal = text?.includes(PERSONAL) === true;
    if (isPersonal) seen.personal += 1;
    if (isPersonal && (status !== 200 || record === undefined)) broken.push(`${where}: somebody's data, no record`);
    if (what === 'public' && text !== undefined && status !== 200) broken.push(`${where}: public data, ${status}`);
    if (text !== undefined && status !== 200 && !text.includes('LEDGER_UNAVAILABLE')) broken.push(`${where}: ${text}`);
    if (nonce !== undefined && nonces.has(nonce)) broken.push(`${where}: its nonce came with another answer too`);
    if (nonce !== undefined) nonces.add(nonce);
    if (record === undefined) continue;
    if (named.has(record)) broken.push(`${where}: record ${record} came with another answer too`);
    named.add(record);
    const kept = byId.get(record);
    if (!kept) {
      broken.push(`${where}: record ${record} is not there`);
      continue;
    }
    if (kept.operation.status !== status) broken.push(`${where}: record ${record} has another status`);
    if (text !== undefined && kept.operation.answerCommitment !== committed.answer(nonce, text)) {
      broken.push(`${where}: record ${record} is of another answer`);
    }
    const subjects = kept.entries.map(({ subject }) => subject).join(' ');
    // A write that was refused because its INTENT could not be kept discloses nothing, and its refusal may yet be kept.
    if (subjects !== (number === undefined || status !== 200 ? '' : keys.subjectOf(number))) {
      broken.push(`${where}: record ${record} is about somebody else`);
    }
  }

  const tellings = new Map(told.flatMap((each) => (each.mark === undefined ? [] : [[each.mark, each] as const])));
  const marks = new Set<string>();
  for (const { mark, request } of executed) {
    if (marks.has(mark)) broken.push(`${mark} was carried out twice`);
    marks.add(mark);
    const intent = intents.get(request);
    if (!intent) {
      broken.push(`${mark} was carried out without an INTENT`);
      continue;
    }
    const telling = tellings.get(mark);
    // Still under way.
    if (!telling) continue;
    const isUntold = telling.status === 503;
    if (isUntold) seen.untold += 1;
    if (isUntold && !telling.text?.includes('"executed":true'))
      broken.push(`${mark}: not told that it was carried out`);
    if (outcomes.has(intent.common.id)) continue;
    seen.unfinished += 1;
    if (telling.text !== undefined) late.push(`${mark}: its gateway lives, and there is no OUTCOME`);
  }
  for (const { mark, status, text } of tellings.values()) {
    if (mark === undefined || status === undefined) continue;
    if (status === 200 && !marks.has(mark)) broken.push(`${mark}: answered, and never carried out`);
    if (text?.includes('"executed":true') && !marks.has(mark))
      broken.push(`${mark}: said to be carried out, and was not`);
  }
  return { broken, late, seen };
};
