import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError, variableOf } from '@lienthong/kit';
import type { openReader } from '@lienthong/ledger';
import { type SubjectOf, subjectsBy } from '@lienthong/ledger/format';

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = 'LEDGER_SUBJECT_KEY_FILE';

const LINE = /^s1\.([A-Za-z0-9_-]{43})$/;

/** Where the process says what happens; pino's logger fits. */
export type Log = Parameters<typeof openReader>[0]['log'];

/** What the process is told besides what the kit reads. */
export const settingsFromEnvironment = (env: Environment) => ({
  // The kit refuses to start without it, and says so.
  databaseUrl: env[variableOf('disclosures', 'DATABASE_URL')]?.trim() ?? '',
  subjectOf: subjectsFromEnvironment(env),
});

/** The key by which the ledger knows people: one line `s1.<base64url of 32 bytes>`, the same file that the gateway has. */
const subjectsFromEnvironment = (env: Environment): SubjectOf => {
  const file = env[VARIABLE]?.trim();
  if (!file) {
    throw new StartError({
      vi: `Thiếu biến môi trường ${VARIABLE}: tệp khoá để sổ nhận ra chủ thể dữ liệu, chính tệp mà cổng dùng.`,
      en: `The environment variable ${VARIABLE} is missing: the file of the ledger's key of data subjects, the one that the gateway uses.`,
    });
  }
  try {
    const [, key] = LINE.exec(readFileSync(file, 'utf8').trim()) ?? [];
    if (key === undefined) throw new Error('not one line s1.<base64url of 32 bytes>');
    return subjectsBy(Buffer.from(key, 'base64url'));
  } catch (error) {
    throw new StartError(
      {
        vi: `${VARIABLE}: không đọc được khoá từ ${file}. Tệp phải có đúng một dòng s1.<32 byte, base64url>.`,
        en: `${VARIABLE}: no key can be read from ${file}. It must hold one line: s1.<base64url of 32 bytes>.`,
      },
      { cause: error },
    );
  }
};

const schemaFolder = dirname(createRequire(import.meta.url).resolve('@lienthong/schema/package.json'));

/** The composed schema that stands in this version of the repository. */
export const committedSupergraph = (): string => readFileSync(join(schemaFolder, 'supergraph.graphql'), 'utf8');
