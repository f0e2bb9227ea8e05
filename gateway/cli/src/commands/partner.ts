import type { KeyAlgorithm } from '@lienthong/registry/key-pair';
import type { RegistryStore } from '@lienthong/registry/store';
import { CommandError } from '../command-error.ts';
import type { Language, Texts } from '../language.ts';
import { keygen as makeKeys } from '../partner/keygen.ts';
import { authorOf, changeRegistry, ofRunning, type RegistryOptions, withRegistry } from '../partner/open-store.ts';
import { type ProofOptions, proofOf } from '../partner/proof.ts';
import { inOptions, type RegistrationOptions, registrationOf } from '../partner/registration.ts';
import { dataOf, historyOf, listOf, nextSteps, registrationText } from '../partner/report.ts';

type Options<More> = RegistryOptions & More;

/**
 * With a gateway's configuration, what the partner was issued is revoked besides, for gateways that read no registry.
 * The running federation, whose registry this is unless another is named, is its own configuration.
 */
interface Withdrawing {
  readonly config?: string;
}

/** Milliseconds until an issuer has surely noticed: what it issues till then is revoked too. */
const noticed = 2_000;

const print = (text: string): void => void process.stdout.write(text);
const printData = (data: unknown): void => print(`${JSON.stringify(data, null, 2)}\n`);

/** `lienthong partner add`: admits every partner of a file, or the one that the options describe. */
export async function add(file: string | undefined, options: Options<RegistrationOptions>, language: Language) {
  const { text, source } = registrationOf(file, options);
  const partners = await changeRegistry(options, async (store) => {
    try {
      return await store.add(text, source, authorOf(options), process.env);
    } catch (error) {
      throw inOptions(error);
    }
  });
  print(nextSteps(partners, language));
}

/** `lienthong partner update`: replaces registrations by those of a file. */
export async function update(file: string, options: RegistryOptions, language: Language) {
  const { text, source } = registrationOf(file, {});
  const partners = await changeRegistry(options, (store) => store.update(text, source, authorOf(options), process.env));
  for (const { client } of partners) {
    done({ vi: `✓ ${client}: đã cập nhật`, en: `✓ ${client}: updated` }, language);
  }
}

export async function rotate(client: string, options: Options<ProofOptions & { keep?: boolean }>, language: Language) {
  const { keep = false } = options;
  await changeRegistry(options, (store) => store.rotate(client, proofOf(options), authorOf(options), keep));
  done(
    keep
      ? {
          vi: `✓ ${client}: khoá mới và khoá cũ cùng dùng được. Khi đối tác đã chuyển, chạy lại lệnh này không có --keep.`,
          en: `✓ ${client}: new and old keys both work. Once the partner has changed over, run this again without --keep.`,
        }
      : {
          vi: `✓ ${client}: chỉ còn khoá mới. Nếu khoá cũ bị lộ, thu hồi cả token đã cấp: lienthong revoke --client ${client}`,
          en: `✓ ${client}: only the new key is left. If the old one leaked, revoke what was issued too: lienthong revoke --client ${client}`,
        },
    language,
  );
}

export async function suspend(client: string, options: Options<Withdrawing>, language: Language) {
  await changeRegistry(options, (store) => store.suspend(client, authorOf(options)));
  done(
    {
      vi: `✓ ${client}: tạm dừng; không được cấp token và token đã cấp bị từ chối. Mở lại: lienthong partner resume ${client}`,
      en: `✓ ${client}: suspended; it gets no tokens and those it has are refused. To undo: lienthong partner resume ${client}`,
    },
    language,
  );
  await revokeIssued(client, options, language);
}

export async function resume(client: string, options: RegistryOptions, language: Language) {
  await changeRegistry(options, (store) => store.resume(client, authorOf(options)));
  done({ vi: `✓ ${client}: hoạt động trở lại`, en: `✓ ${client}: active again` }, language);
}

export async function remove(client: string, options: Options<Withdrawing>, language: Language) {
  await changeRegistry(options, (store) => store.remove(client, authorOf(options)));
  done(
    {
      vi: `✓ ${client}: đã gỡ hẳn; lịch sử vẫn còn: lienthong partner history ${client}`,
      en: `✓ ${client}: removed for good; its history stays: lienthong partner history ${client}`,
    },
    language,
  );
  await revokeIssued(client, options, language);
}

export async function show(client: string, options: Options<{ json?: boolean }>, language: Language) {
  const stored = await withRegistry(options, (store) => store.show(client));
  if (stored === undefined) throw clientUnknown(client);
  if (options.json) printData(dataOf(stored, Date.now()));
  else print(registrationText(stored, language, Date.now()));
}

export async function list(options: Options<{ json?: boolean }>, language: Language) {
  const stored = await withRegistry(options, (store: RegistryStore) => store.list());
  if (options.json) printData(stored.map((each) => dataOf(each, Date.now())));
  else print(listOf(stored, language, Date.now()));
}

export async function history(client: string | undefined, options: Options<{ json?: boolean }>) {
  const events = await withRegistry(options, (store) => store.history(client));
  if (options.json) printData(events);
  else print(historyOf(events));
}

/** `lienthong partner keygen`: for the partner's own machine; the public key alone on stdout. */
export async function keygen(options: { out: string; alg: KeyAlgorithm; kid?: string }, language: Language) {
  print(await makeKeys(options.out, options.alg, options.kid));
  const next = {
    vi: `Khoá riêng: ${options.out} (chỉ chủ sở hữu đọc được; không gửi cho ai). Gửi phần JSON ở trên cho trung tâm tích hợp dữ liệu của tỉnh.`,
    en: `Private key: ${options.out} (its owner alone can read it; send it to nobody). Send the JSON above to the province's data integration centre.`,
  };
  process.stderr.write(`${next[language]}\n`);
}

async function revokeIssued(client: string, options: Options<Withdrawing>, language: Language): Promise<void> {
  const { config } = options;
  if (config === undefined && !ofRunning(options)) return;
  const { withdraw } = await import('./revoke.ts');
  await withdraw(
    { ...(config === undefined ? {} : { config }), client, issuedBefore: new Date(Date.now() + noticed).toISOString() },
    language,
  );
}

const done = (texts: Texts, language: Language): void => print(`${texts[language]}\n`);

export const clientUnknown = (client: string): CommandError =>
  new CommandError('CLIENT_UNKNOWN', {
    vi: `Sổ đăng ký không có ${client}. Xem: lienthong partner list`,
    en: `The registry has no ${client}. See: lienthong partner list`,
  });
