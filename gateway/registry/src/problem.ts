import type { Messages } from './partner.ts';

/** One fault of a registration, and where it is. */
export interface RegistryProblem {
  /** In its file; absent where there is none. */
  readonly line?: number;
  /** Path of the key from the top, such as `partners.mot-cua.purposes[0].scopes`. */
  readonly key: string;
  readonly messages: Messages;
}

/** A registry that cannot be used as it is: every fault found, not only the first. */
export class RegistryError extends Error {
  readonly code: 'REGISTRY_INVALID' | 'REGISTRY_UNAVAILABLE' | 'UNSAFE_IN_PRODUCTION' | 'DOCUMENTS_INVALID';
  /** The file, or what stands for it. */
  readonly source: string;
  readonly problems: readonly RegistryProblem[];
  readonly messages: Messages;

  constructor(source: string, problems: readonly RegistryProblem[], code: RegistryError['code'] = 'REGISTRY_INVALID') {
    const list = (language: keyof Messages) =>
      problems
        .map(({ line, key, messages }) => {
          const place = line === undefined ? source : `${source}:${line}`;
          return `${place}: ${key}: ${messages[language]}`;
        })
        .join('\n');
    super(list('en'));
    this.name = 'RegistryError';
    this.code = code;
    this.source = source;
    this.problems = problems;
    this.messages = { vi: list('vi'), en: list('en') };
  }
}
