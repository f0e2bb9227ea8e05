/** One sentence in both languages of the province's administration. */
export interface Texts {
  readonly vi: string;
  readonly en: string;
}

/** The stable codes of configuration problems; docs/configuration.md lists them. */
export const CONFIG_CODES = {
  CONFIG_FILE_UNREADABLE: 'the configuration file cannot be read',
  CONFIG_SYNTAX: 'the file is not valid YAML, or a key stands twice',
  CONFIG_UNKNOWN_KEY: 'a key that does not exist',
  CONFIG_MISSING_KEY: 'a required key is absent',
  CONFIG_INVALID_VALUE: 'a value of the wrong type or out of range',
  CONFIG_MISSING_VARIABLE: '${NAME} in the file, but NAME is not set',
  CONFIG_UNKNOWN_VARIABLE: 'an environment variable LIENTHONG_… that sets no existing key',
  CONFIG_FILE_MISSING: 'a file named in the configuration does not exist',
  CONFIG_INSECURE_URL: 'an unencrypted address beyond this machine',
  CONFIG_UNSAFE_IN_PRODUCTION: 'a setting that production refuses to start with',
} as const;

export type ConfigCode = keyof typeof CONFIG_CODES;

/** What is wrong, where, and what to write instead. */
export interface ConfigProblem {
  readonly code: ConfigCode;
  /** The configuration file, as it was named by the caller. */
  readonly file: string;
  /** 1-based; absent where the environment or the whole file is at fault. */
  readonly line?: number;
  /** Dotted path, `authentication.issuers[0].jwks`; or the name of the environment variable. Empty: the whole file. */
  readonly key: string;
  readonly messages: Texts;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** Something that is allowed and that an operator should know at every start. */
export interface ConfigWarning {
  readonly code:
    | 'ANSWERS_UNSIGNED'
    | 'AUDIT_OFF'
    | 'AUDIT_UNSIGNED'
    | 'DEPARTMENT_TIMEOUT_CUT'
    | 'ISSUER_UNCAPPED'
    | 'PROCESSES_APART'
    | 'REGISTRY_ISSUER_UNKNOWN'
    | 'REPORT_ONLY';
  readonly key: string;
  readonly messages: Texts;
}

/** `file:line key: message` in one language, as it is printed to the operator. */
export function describeProblem(problem: ConfigProblem, language: 'vi' | 'en' = 'en'): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  const key = problem.key === '' ? '' : ` ${problem.key}`;
  const ask = language === 'vi' ? 'Có phải là' : 'Did you mean';
  const hint = problem.suggestion === undefined ? '' : ` ${ask} "${problem.suggestion}"?`;
  return `${place}${key}: ${problem.messages[language]}${hint} [${problem.code}]`;
}

/** The configuration cannot be used. Carries every problem found; its own fields are those of the first one. */
export class ConfigError extends Error implements ConfigProblem {
  override readonly name = 'ConfigError';
  readonly code: ConfigCode;
  readonly file: string;
  readonly line?: number;
  readonly key: string;
  readonly messages: Texts;
  readonly suggestion?: string;
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly [ConfigProblem, ...ConfigProblem[]]) {
    super(problems.map((problem) => describeProblem(problem)).join('\n'));
    const [first] = problems;
    this.code = first.code;
    this.file = first.file;
    if (first.line !== undefined) this.line = first.line;
    this.key = first.key;
    this.messages = first.messages;
    if (first.suggestion !== undefined) this.suggestion = first.suggestion;
    this.problems = problems;
  }

  /** Every problem, one a line. */
  describe(language: 'vi' | 'en'): string {
    return this.problems.map((problem) => describeProblem(problem, language)).join('\n');
  }
}
