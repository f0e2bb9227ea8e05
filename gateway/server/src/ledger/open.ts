import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { createPseudonyms, parseProvinceKey } from '@lienthong/kit/citizen-id';
import { openLedger, openTimeStamps, readCertificates, type TimeStamps } from '@lienthong/ledger';
import type { DataSubjects } from '@lienthong/schema/subjects';
import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import { readOrMakeKey } from '../key-file.ts';
import type { LedgerParts } from '../pipeline/disclose.ts';
import type { SigningKeys } from '../signing/keys.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { RecordKeeper } from './keeper.ts';
import { type KeptHeads, openKeptHeads } from './witness.ts';

export type AuditConfig = Exclude<GatewayConfig['audit'], false>;

/** The ledger of a running gateway, and what is needed to write in it. */
export interface OpenLedger {
  readonly keeper: RecordKeeper;
  /** For the steps that gather what an answer discloses. */
  readonly parts: LedgerParts;
  /**
   * Whether a supergraph can be served: one with fields that look persons up by number needs the province key.
   *
   * @throws Error
   */
  check(subjects: DataSubjects): void;
  /** Undefined where nothing signs. */
  readonly heads: KeptHeads | undefined;
  close(): Promise<void>;
}

export interface LedgerSurroundings {
  /** Whether a missing key is made: development alone. */
  readonly create: boolean;
  /** Absent where answers and heads are not signed. */
  readonly signing: SigningKeys | undefined;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** @throws Error where a key cannot be read; a database that is away keeps nobody from starting */
export const openKeptLedger = async (
  audit: AuditConfig,
  { create, signing, log, metrics, now }: LedgerSurroundings,
): Promise<OpenLedger> => {
  const { database, mode, delay, timeout, subjectKeyFile, provinceKeyFile } = audit;
  const subjectKey = await readSubjectKey(subjectKeyFile, create);
  const ledger = openLedger({
    ...{ database, mode, delay, timeout, subjectKey, log, now },
    expected: () => keeper.underWay,
  });
  const pseudonyms = provinceKeyFile === undefined ? undefined : createPseudonyms(readProvinceKey(provinceKeyFile));
  const heads = signing && openKeptHeads(audit, { signing, log, now });
  const timeStamps = openStamps(audit, heads, log, now);
  metrics.watchLedger(() => ({
    ...ledger.standing,
    forked: heads?.heads.forked ?? false,
    unsigned: (heads?.heads.failing ?? 0) / 1_000,
    unstamped: (timeStamps?.failing ?? 0) / 1_000,
  }));
  const keeper: RecordKeeper = new RecordKeeper({ ledger, log, metrics });
  return {
    keeper,
    parts: {
      idOf: pseudonyms?.idOf ?? unknownNumber,
      intent: (context, named) => keeper.intent(context, named),
    },
    check: (subjects) => {
      if (!pseudonyms) checkNumbers(subjects);
    },
    heads,
    async close() {
      await Promise.all([ledger.close(), heads?.close(), timeStamps?.close()]);
    },
  };
};

/** Undefined unless configured: nothing leaves then. */
const openStamps = (
  { database, timeStamps }: AuditConfig,
  heads: KeptHeads | undefined,
  log: Logger,
  now: () => number,
): TimeStamps | undefined => {
  if (timeStamps === undefined) return undefined;
  if (heads === undefined)
    throw new Error('audit.timeStamps needs signing: without it there are no heads to be stamped');
  const { url, certificates, policy, every, file } = timeStamps;
  const trusted = readCertificates(readText(certificates));
  if (trusted === undefined)
    throw new Error(`audit.timeStamps.certificates: ${certificates} holds no certificate in PEM, or one that is none`);
  return openTimeStamps({ database, authority: { url, trusted, policy }, every, file, log, now });
};

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`audit.timeStamps.certificates: ${file} cannot be read`, { cause });
  }
};

const unknownNumber = (): never => {
  throw new TypeError('a supergraph is served that was not checked');
};

/** A record that does not say whom a number names would be none (docs/ledger.md). */
const checkNumbers = ({ fields }: DataSubjects): void => {
  for (const [coordinate, declared] of fields) {
    if (!declared.some((each) => each.kind === 'argument' && each.by === 'number')) continue;
    throw new Error(
      `audit.provinceKeyFile is missing: ${coordinate} looks persons up by number, and the ledger has to know them by their id`,
    );
  }
};

const LINE = /^s1\.([A-Za-z0-9_-]{43})$/;
const KEY_BYTES = 32;

const readSubjectKey = async (file: string, create: boolean): Promise<Buffer> => {
  const made = async () => `s1.${randomBytes(KEY_BYTES).toString('base64url')}\n`;
  const text = await readOrMakeKey(file, create ? made : undefined).catch((cause: unknown) => {
    throw new Error(
      `audit.subjectKeyFile: ${file} cannot be read; make one by lienthong audit make-key (docs/ledger.md)`,
      {
        cause,
      },
    );
  });
  const [, encoded] = LINE.exec(text.trim()) ?? [];
  const key = Buffer.from(encoded ?? '', 'base64url');
  if (key.length !== KEY_BYTES) {
    throw new Error(`audit.subjectKeyFile: ${file} must hold one line: s1. and base64url of 32 bytes`);
  }
  return key;
};

const readProvinceKey = (file: string) => {
  try {
    return parseProvinceKey(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`audit.provinceKeyFile: ${file} holds no province key`, { cause });
  }
};
