import { RegistryError } from '@lienthong/registry';
import { CommandError } from '../command-error.ts';
import { type ProofOptions, proofOf, readText } from './proof.ts';

/** A registration written as options; several purposes need a file. */
export interface RegistrationOptions extends ProofOptions {
  readonly client?: string;
  readonly nameVi?: string;
  readonly nameEn?: string;
  readonly org?: string;
  readonly contactName?: string;
  readonly contactEmail?: string;
  readonly contactPhone?: string;
  readonly expires?: string;
  readonly bound?: string;
  readonly purpose?: string;
  readonly legalBasis?: string;
  readonly scope?: readonly string[];
  readonly hideDenied?: boolean;
  readonly persistedDocumentsOnly?: boolean;
  readonly signedRequestsOnly?: boolean;
}

/** The text of a registration, and what to call it in problems. */
export interface WrittenRegistration {
  readonly text: string;
  readonly source: string;
}

const needed = {
  client: '--client',
  nameVi: '--name-vi',
  nameEn: '--name-en',
  org: '--org',
  contactName: '--contact-name',
  contactEmail: '--contact-email',
  expires: '--expires',
  purpose: '--purpose',
  legalBasis: '--legal-basis',
  scope: '--scope',
} as const satisfies Partial<Record<keyof RegistrationOptions, string>>;

/** From a YAML file, or from options; @throws CommandError where it is neither or both */
export function registrationOf(file: string | undefined, options: RegistrationOptions): WrittenRegistration {
  const given = Object.keys(needed).filter((name) => Object.hasOwn(options, name));
  if (file !== undefined) {
    if (given.length === 0) return { text: readText('partner', file), source: file };
    throw new CommandError('FILE_OR_OPTIONS', {
      vi: `Hoặc tệp ${file}, hoặc các tuỳ chọn, không cả hai.`,
      en: `Either the file ${file} or options, not both.`,
    });
  }
  const missing = Object.entries(needed).flatMap(([name, flag]) => (given.includes(name) ? [] : [flag]));
  if (missing.length > 0) {
    throw new CommandError('OPTIONS_MISSING', {
      vi: `Còn thiếu: ${missing.join(' ')}. Hoặc đưa một tệp YAML; mẫu ở docs/partners.vi.md.`,
      en: `Still needed: ${missing.join(' ')}. Or give a YAML file; docs/partners.md has a sample.`,
    });
  }
  return { text: JSON.stringify(documentOf(options)), source: OPTIONS };
}

const OPTIONS = 'options';

const documentOf = (options: RegistrationOptions) => ({
  partners: {
    [options.client ?? '']: {
      name: { vi: options.nameVi, en: options.nameEn },
      org: options.org,
      contact: {
        name: options.contactName,
        email: options.contactEmail,
        ...(options.contactPhone === undefined ? {} : { phone: options.contactPhone }),
      },
      expires: options.expires,
      authentication: proofOf(options),
      ...(options.bound === undefined ? {} : { bound: options.bound }),
      purposes: [
        {
          purpose: options.purpose,
          legalBasis: options.legalBasis,
          scopes: (options.scope ?? []).flatMap((scope) => scope.split(/[\s,]+/).filter(Boolean)),
        },
      ],
      ...(options.hideDenied ? { hideDenied: true } : {}),
      ...(options.persistedDocumentsOnly ? { persistedDocumentsOnly: true } : {}),
      ...(options.signedRequestsOnly ? { signedRequestsOnly: true } : {}),
    },
  },
});

const places: readonly (readonly [RegExp, string])[] = [
  [/^name\.vi/, '--name-vi'],
  [/^name\.en/, '--name-en'],
  [/^org/, '--org'],
  [/^contact\.name/, '--contact-name'],
  [/^contact\.email/, '--contact-email'],
  [/^contact\.phone/, '--contact-phone'],
  [/^expires/, '--expires'],
  [/^authentication\.keys/, '--keys'],
  [/^authentication\.certificates/, '--certificate'],
  [/^authentication\.match/, '--match'],
  [/^bound/, '--bound'],
  [/^purposes\[0\]\.purpose/, '--purpose'],
  [/^purposes\[0\]\.legalBasis/, '--legal-basis'],
  [/^purposes\[0\]\.scopes/, '--scope'],
  [/^$/, '--client'],
];

/** What is wrong with options, by the names that the operator wrote. */
export function inOptions(error: unknown): unknown {
  if (!(error instanceof RegistryError) || error.source !== OPTIONS) return error;
  const say = (language: 'vi' | 'en') =>
    error.problems
      .map(({ key, messages }) => {
        const path = key.split('.').slice(2).join('.');
        const option = places.find(([pattern]) => pattern.test(path))?.[1] ?? key;
        return `${option}: ${messages[language]}`;
      })
      .join('\n');
  return new CommandError(error.code, { vi: say('vi'), en: say('en') });
}
