import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { ConfigCode, Texts } from '../errors.ts';

/** What a value type may look at besides the text. */
export interface Surroundings {
  /** Folder of the configuration file: relative paths start there. */
  readonly folder: string;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code?: ConfigCode; readonly why: Texts };

/** A kind of value: how it is written, checked and documented. */
export interface ValueType<T> {
  readonly name: string;
  /** The unit of the parsed value, where it has one. */
  readonly unit?: string;
  /** `list`: a YAML sequence, or one comma-separated environment variable. */
  readonly shape: 'scalar' | 'list';
  /** Words to suggest from. */
  readonly words?: readonly string[];
  /** JSON Schema of the value as written. */
  readonly schema: Readonly<Record<string, unknown>>;
  parse(texts: readonly string[], surroundings: Surroundings): Parsed<T>;
}

const OBJECT_IDENTIFIER = /^[0-2]\.(?:\d|[1-3]\d)(?:\.\d{1,9}){1,10}$/;

const accept = <T>(value: T): Parsed<T> => ({ ok: true, value });
const refuse = (vi: string, en: string, code?: ConfigCode): Parsed<never> => ({
  ok: false,
  why: { vi, en },
  ...(code === undefined ? {} : { code }),
});

function scalar<T>(
  name: string,
  schema: Readonly<Record<string, unknown>>,
  parse: (text: string, surroundings: Surroundings) => Parsed<T>,
  more: { unit?: string; words?: readonly string[] } = {},
): ValueType<T> {
  return {
    name,
    schema,
    shape: 'scalar',
    ...more,
    parse: ([only = ''], surroundings) => parse(only, surroundings),
  };
}

/** Any text but an empty one. */
export const text = scalar('text', { type: 'string', minLength: 1 }, (written) =>
  written.trim() === '' ? refuse('không được để trống.', 'must not be empty.') : accept(written),
);

export const yesOrNo = scalar(
  'true | false',
  { type: 'boolean' },
  (written) =>
    written === 'true' || written === 'false'
      ? accept(written === 'true')
      : refuse('phải là true hoặc false.', 'must be true or false.'),
  { words: ['true', 'false'] },
);

/** One of a few words. */
export const word = <const W extends string>(...words: readonly W[]): ValueType<W> =>
  scalar(
    words.join(' | '),
    { enum: words },
    (written) => {
      const found = words.find((candidate) => candidate === written);
      const list = words.join(', ');
      return found === undefined ? refuse(`phải là một trong: ${list}.`, `must be one of: ${list}.`) : accept(found);
    },
    { words },
  );

/** A whole number within bounds, both included. */
export const count = (least: number, most: number): ValueType<number> =>
  scalar(`${least}–${most}`, { type: 'integer', minimum: least, maximum: most }, (written) => {
    const value = /^\d+$/.test(written) ? Number(written) : Number.NaN;
    return value >= least && value <= most
      ? accept(value)
      : refuse(`phải là số nguyên từ ${least} đến ${most}.`, `must be a whole number from ${least} to ${most}.`);
  });

/** A part of the whole: a decimal number from 0 to 1. */
export const share = scalar('0–1', { type: 'number', minimum: 0, maximum: 1 }, (written) => {
  const value = /^\d+(\.\d+)?$/.test(written) ? Number(written) : Number.NaN;
  return value >= 0 && value <= 1
    ? accept(value)
    : refuse('phải là số từ 0 đến 1, ví dụ 0.01.', 'must be a number from 0 to 1, for example 0.01.');
});

/** Processes of one machine; `cores`: as many as it has processors that this process may use. */
export const processCount: ValueType<number> = scalar(
  '1–256 | cores',
  { anyOf: [{ type: 'integer', minimum: 1, maximum: 256 }, { const: 'cores' }] },
  (written) => {
    if (written === 'cores') return accept(availableParallelism());
    const value = /^\d+$/.test(written) ? Number(written) : Number.NaN;
    return value >= 1 && value <= 256
      ? accept(value)
      : refuse(
          'phải là số nguyên từ 1 đến 256, hoặc cores (mỗi lõi xử lý một tiến trình).',
          'must be a whole number from 1 to 256, or cores (one process for each processor).',
        );
  },
  { words: ['cores'] },
);

/** 0: any free port. */
export const port = count(0, 65_535);

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `250ms`, `5s`, `1m`, `1h`, `1d`; milliseconds once parsed. */
export const duration = (least: string, most: string): ValueType<number> => {
  const milliseconds = (written: string): number => {
    const match = /^(\d+)(ms|s|m|h|d)$/.exec(written);
    const unit = match?.[2] as keyof typeof MILLISECONDS | undefined;
    return match?.[1] === undefined || unit === undefined ? Number.NaN : Number(match[1]) * MILLISECONDS[unit];
  };
  return scalar(
    'duration',
    { type: 'string', pattern: '^\\d+(ms|s|m|h|d)$' },
    (written) => {
      const value = milliseconds(written);
      return value >= milliseconds(least) && value <= milliseconds(most)
        ? accept(value)
        : refuse(
            `phải là khoảng thời gian từ ${least} đến ${most}, có đơn vị ms, s, m, h hoặc d, ví dụ 5s.`,
            `must be a duration from ${least} to ${most} with a unit ms, s, m, h or d, for example 5s.`,
          );
    },
    { unit: 'ms' },
  );
};

const BYTES = { B: 1, KiB: 1_024, MiB: 1_048_576 } as const;

/** `512B`, `256KiB`, `1MiB`; bytes once parsed. */
export const size = (least: number, most: number): ValueType<number> =>
  scalar(
    'size',
    { type: 'string', pattern: '^\\d+(B|KiB|MiB)$' },
    (written) => {
      const match = /^(\d+)(B|KiB|MiB)$/.exec(written);
      const unit = match?.[2] as keyof typeof BYTES | undefined;
      const value = match?.[1] === undefined || unit === undefined ? Number.NaN : Number(match[1]) * BYTES[unit];
      return value >= least && value <= most
        ? accept(value)
        : refuse(
            `phải là dung lượng từ ${least}B đến ${most}B, có đơn vị B, KiB hoặc MiB, ví dụ 256KiB.`,
            `must be a size from ${least}B to ${most}B with a unit B, KiB or MiB, for example 256KiB.`,
          );
    },
    { unit: 'bytes' },
  );

/** A path; a relative one starts at the folder of the configuration file, wherever the process was started. */
export const path: ValueType<string> = scalar('path', { type: 'string', minLength: 1 }, (written, { folder }) =>
  written.trim() === '' ? refuse('không được để trống.', 'must not be empty.') : accept(resolve(folder, written)),
);

/** A path to something that must be there at start. */
export const existingFile: ValueType<string> = scalar(
  'file',
  { type: 'string', minLength: 1 },
  (written, { folder }) => {
    const file = resolve(folder, written);
    if (written.trim() !== '' && existsSync(file)) return accept(file);
    return refuse(
      `không tìm thấy tệp ${file}. Kiểm tra lại đường dẫn (tính từ thư mục của tệp cấu hình).`,
      `there is no file ${file}. Check the path (relative to the folder of the configuration file).`,
      'CONFIG_FILE_MISSING',
    );
  },
);

/** Whether an address never leaves this machine. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * An address with an encrypted scheme, or an unencrypted one to this machine only: tokens and personal data travel on it.
 * The value is never echoed in a message, because connection addresses carry passwords.
 */
const address = (name: string, secure: string, plain: string): ValueType<string> =>
  scalar(name, { type: 'string', format: 'uri' }, (written) => {
    const url = URL.canParse(written) ? new URL(written) : undefined;
    if (url === undefined || (url.protocol !== `${secure}:` && url.protocol !== `${plain}:`)) {
      const here = { vi: ` (hoặc ${plain}:// trên chính máy này)`, en: ` (or ${plain}:// on this machine)` };
      return refuse(
        `phải là địa chỉ đầy đủ bắt đầu bằng ${secure}://${plain === secure ? '' : here.vi}.`,
        `must be a full address starting with ${secure}://${plain === secure ? '' : here.en}.`,
      );
    }
    if (url.protocol === `${plain}:` && plain !== secure && !isLoopback(url.hostname)) {
      return refuse(
        `${plain}:// chỉ được dùng cho địa chỉ của chính máy này (127.0.0.1, ::1, localhost); hãy dùng ${secure}://.`,
        `${plain}:// is accepted for loopback addresses only (127.0.0.1, ::1, localhost); use ${secure}://.`,
        'CONFIG_INSECURE_URL',
      );
    }
    return accept(written);
  });

/** https://, or http:// to a loopback address. */
export const webAddress = address('URL', 'https', 'http');

/** https:// or http:// to anywhere: for what is signed itself and tells nothing, such as a time stamp authority. */
export const openAddress = scalar('http URL', { type: 'string', format: 'uri' }, (written) =>
  URL.canParse(written) && /^https?:$/.test(new URL(written).protocol)
    ? accept(written)
    : refuse(
        'phải là địa chỉ đầy đủ, bắt đầu bằng http:// hoặc https://.',
        'must be a full address, starting with http:// or https://.',
      ),
);

/** An object identifier: numbers with dots between them. */
export const objectIdentifier = scalar(
  'object identifier',
  { type: 'string', pattern: OBJECT_IDENTIFIER.source },
  (written) =>
    OBJECT_IDENTIFIER.test(written)
      ? accept(written)
      : refuse(
          'phải là mã định danh đối tượng (OID), ví dụ 1.3.6.1.4.1.32473.1.',
          'must be an object identifier, for example 1.3.6.1.4.1.32473.1.',
        ),
);

/** rediss://, or redis:// to a loopback address. */
export const redisAddress = address('redis URL', 'rediss', 'redis');

/** postgres://; encryption is asked for in the address itself (`sslmode`). */
export const postgresAddress = address('postgres URL', 'postgres', 'postgres');

/** Where this service is reached from outside: no path but `/`, no query; the last `/` is dropped, so that paths can follow. */
export const origin: ValueType<string> = {
  ...webAddress,
  name: 'origin URL',
  parse(texts, surroundings) {
    const parsed = webAddress.parse(texts, surroundings);
    if (!parsed.ok) return parsed;
    const url = new URL(parsed.value);
    if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
      return refuse(
        'chỉ gồm giao thức, máy và cổng, ví dụ https://data.example.',
        'must hold scheme, host and port only, for example https://data.example.',
      );
    }
    return accept(url.origin);
  },
};

/** One IP address, or a network in CIDR notation. */
export const network = scalar('IP address or network', { type: 'string', minLength: 2 }, (written) => {
  const [address = '', prefix, ...more] = written.split('/');
  const longest = { 4: 32, 6: 128 }[isIP(address)];
  const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (longest ?? 0));
  return longest !== undefined && fits && more.length === 0
    ? accept(written)
    : refuse(
        'phải là địa chỉ IP hoặc mạng, ví dụ 10.0.0.7 hoặc 10.0.0.0/8.',
        'must be an IP address or a network, for example 10.0.0.7 or 10.0.0.0/8.',
      );
});

/** Several values of one type. `emptyMeansNone`: an empty list is a statement, not a slip. */
export const list = <T>(of: ValueType<T>, emptyMeansNone = false): ValueType<readonly T[]> => ({
  name: `list of ${of.name}`,
  shape: 'list',
  schema: { type: 'array', items: of.schema, ...(emptyMeansNone ? {} : { minItems: 1 }) },
  ...(of.words === undefined ? {} : { words: of.words }),
  parse(texts, surroundings) {
    if (texts.length === 0 && !emptyMeansNone)
      return refuse('danh sách không được để trống.', 'the list must not be empty.');
    const values: T[] = [];
    for (const written of texts) {
      const parsed = of.parse([written], surroundings);
      if (!parsed.ok) return parsed;
      values.push(parsed.value);
    }
    return accept(values);
  },
});

/** One value, or a list of values of the same type. */
export const oneOrMore = <T>(of: ValueType<T>): ValueType<readonly T[]> => ({
  ...list(of),
  name: `${of.name}, or a list of them`,
  schema: { anyOf: [of.schema, list(of).schema] },
});
