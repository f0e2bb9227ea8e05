import type { Messages } from '../errors.ts';

/** One fault of a registry file, and where it is. */
export interface RegistryProblem {
  readonly line: number;
  /** Path of the key from the top of the file, such as `clients.mot-cua.purposes[0].scopes`. */
  readonly key: string;
  readonly messages: Messages;
}

/** A registry file that cannot be used: every fault found, not only the first. */
export class RegistryError extends Error {
  readonly code = 'REGISTRY_INVALID';
  readonly file: string;
  readonly problems: readonly RegistryProblem[];
  readonly messages: Messages;

  constructor(file: string, problems: readonly RegistryProblem[]) {
    const list = (language: keyof Messages) =>
      problems.map(({ line, key, messages }) => `${file}:${line}: ${key}: ${messages[language]}`).join('\n');
    super(list('en'));
    this.name = 'RegistryError';
    this.file = file;
    this.problems = problems;
    this.messages = { vi: list('vi'), en: list('en') };
  }
}
