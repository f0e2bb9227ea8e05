import type { GatewayConfig } from '@lienthong/server/config';
import {
  type HolderRevocation,
  openState,
  type Revocation,
  type SharedState,
  StateUnavailable,
} from '@lienthong/state';

import { CommandError } from '../command-error.ts';
import { readConfig } from '../config.ts';
import type { Language, Texts } from '../language.ts';

export interface RevokeOptions {
  /** Absent: the configuration of the gateway that `lienthong up` runs here. */
  readonly config?: string;
  readonly jti?: string;
  readonly client?: string;
  readonly subject?: string;
  readonly issuer?: string;
  /** ISO 8601, or seconds since the epoch. */
  readonly issuedBefore?: string;
}

/** `lienthong revoke`: what is revoked stands on stdout, what follows from it on stderr. */
export async function revoke(options: RevokeOptions, language: Language): Promise<void> {
  const [revocation] = await withdraw(options, language);
  if (revocation === undefined || revocation.kind === 'token') return;
  process.stderr.write(`${nextStep(revocation)[language]}\n`);
}

/**
 * Revokes a token, or every token of a client or subject that was issued until now (or until a moment), at every gateway
 * that shares the configuration's `state`. Names are known by (issuer, value): without `--issuer` they are revoked for
 * each issuer that the configuration trusts.
 */
export async function withdraw(options: RevokeOptions, language: Language): Promise<readonly Revocation[]> {
  const loaded = readConfig(options.config, language);
  if (loaded === undefined) return [];
  const { config, file } = loaded;
  const { state: source, authentication } = config;
  if (!source) {
    throw new CommandError('NO_SHARED_STATE', {
      vi: `${file} không có state: không tiến trình cổng nào biết được lệnh thu hồi. Đặt state.redis (nhiều máy) hoặc state.file (một máy) rồi khởi động lại cổng.`,
      en: `${file} has no state: no gateway process would learn of it. Set state.redis (several machines) or state.file (one machine) and start the gateway again.`,
    });
  }
  const revocations = revocationsOf(options, issuersOf(options, config), authentication, Date.now());
  let state: SharedState | undefined;
  try {
    state = await openState(source, QUIET);
    await state.revocations.revoke(revocations);
  } catch (error) {
    if (!(error instanceof StateUnavailable)) throw error;
    throw new CommandError('STATE_UNAVAILABLE', {
      vi: 'Không ghi được vào kho trạng thái, nên CHƯA thu hồi gì. Kiểm tra Redis hoặc tệp trong state rồi chạy lại.',
      en: 'The state store could not be written to, so NOTHING is revoked. Check the Redis or the file of state and run this again.',
    });
  } finally {
    await state?.close();
  }
  const told = { vi: 'đã thu hồi', en: 'revoked' }[language];
  for (const { kind, issuer, value } of revocations) process.stdout.write(`${told} ${kind} ${value} (${issuer})\n`);
  return revocations;
}

/** Who lost its tokens may fetch others: said, because it is not what everybody expects of the word. */
function nextStep({ kind, value, issuedBefore }: HolderRevocation): Texts {
  const moment = new Date(issuedBefore).toISOString();
  const out = kind === 'client' ? `lienthong partner suspend ${value}` : undefined;
  return {
    vi: `Token cấp đến ${moment} bị từ chối; token cấp sau đó dùng được.${out ? ` Muốn chặn hẳn ứng dụng: ${out}` : ''}`,
    en: `Tokens issued until ${moment} are refused; later ones are good.${out ? ` To keep the client out: ${out}` : ''}`,
  };
}

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

const issuersOf = ({ issuer }: RevokeOptions, { authentication }: GatewayConfig): readonly string[] => {
  const known = authentication.issuers.map((each) => each.issuer);
  if (issuer === undefined) return known;
  if (known.includes(issuer)) return [issuer];
  throw new CommandError('UNKNOWN_ISSUER', {
    vi: `${issuer} không có trong authentication.issuers: ${known.join(', ')}.`,
    en: `${issuer} is not among authentication.issuers: ${known.join(', ')}.`,
  });
};

/** @param now milliseconds since the epoch */
export const revocationsOf = (
  { jti, client, subject, issuedBefore }: Omit<RevokeOptions, 'config' | 'issuer'>,
  issuers: readonly string[],
  { maxTokenLifetime, clockTolerance }: Pick<GatewayConfig['authentication'], 'maxTokenLifetime' | 'clockTolerance'>,
  now: number,
): Revocation[] => {
  if ([jti, client, subject].filter((given) => given !== undefined).length !== 1) {
    throw new CommandError('ONE_OF', {
      vi: 'Cần đúng một trong --jti, --client, --subject.',
      en: 'Exactly one of --jti, --client, --subject is needed.',
    });
  }
  // Kept until the last token that it can concern has expired; a clock's difference at either end comes on top.
  const kept = maxTokenLifetime + 2 * clockTolerance;
  if (jti !== undefined) {
    if (issuedBefore !== undefined) {
      throw new CommandError('ISSUED_BEFORE', {
        vi: '--issued-before chỉ đi với --client hoặc --subject: một token đã có sẵn thời điểm của nó.',
        en: '--issued-before goes with --client or --subject: one token has its own moment.',
      });
    }
    return issuers.map((issuer) => ({ kind: 'token', issuer, value: jti, until: now + kept }));
  }
  // A token issued a moment ago by an issuer whose clock is ahead is no later one: without a moment given, none may survive.
  const moment = issuedBefore === undefined ? now + clockTolerance : momentOf(issuedBefore);
  const kind = client === undefined ? 'subject' : 'client';
  const value = client ?? subject ?? '';
  return issuers.map((issuer) => ({ kind, issuer, value, issuedBefore: moment, until: moment + kept }));
};

const momentOf = (written: string): number => {
  const moment = /^\d{1,11}$/.test(written) ? Number(written) * 1_000 : Date.parse(written);
  if (Number.isSafeInteger(moment)) return moment;
  throw new CommandError('ISSUED_BEFORE', {
    vi: `--issued-before ${written}: cần thời điểm ISO 8601 (2026-11-22T08:00:00+07:00) hoặc số giây Unix.`,
    en: `--issued-before ${written}: an ISO 8601 moment (2026-11-22T08:00:00+07:00) or Unix seconds is needed.`,
  });
};
