import { readFile } from 'node:fs/promises';

import { type FiledDocument, parseDocuments, RegistryError } from '@lienthong/registry';
import type { GraphQLSchema } from 'graphql';

import type { GatewayConfig } from '../config/index.ts';
import { misfits } from './fit.ts';

/** What a file of persisted documents held when it was read. */
export interface Edition {
  readonly text: string;
  readonly documents: readonly FiledDocument[];
}

/**
 * Reads a file of persisted documents whole, or not at all: each must fit the schema that it will be served with.
 *
 * @param known what is served already: the same text is not read again
 * @returns undefined where nothing has changed
 * @throws RegistryError with file, line and key of every fault
 */
export const readEdition = async (
  file: string,
  schema: GraphQLSchema,
  config: GatewayConfig,
  known?: Edition,
): Promise<Edition | undefined> => {
  const text = await read(file);
  if (text === known?.text) return undefined;
  const documents = parseDocuments(text, file);
  const problems = documents.flatMap(({ place, body, clients }) => [
    ...misfits(body, schema, config.limits).map((en) => ({
      line: place.line,
      key: `${place.key}.body`,
      messages: { vi: `không khớp với lược đồ hoặc giới hạn: ${en}`, en },
    })),
    ...(clients !== undefined && isAmbiguous(config)
      ? [{ ...place, key: `${place.key}.clients`, messages: AMBIGUOUS }]
      : []),
  ]);
  if (problems.length > 0) throw new RegistryError(file, problems, 'DOCUMENTS_INVALID');
  return { text, documents };
};

/** One id at two issuers means two clients. */
const isAmbiguous = ({ registry, authentication }: GatewayConfig): boolean =>
  registry === undefined && authentication.issuers.length > 1;

const AMBIGUOUS = {
  vi: 'có nhiều nơi cấp token nên chưa rõ ứng dụng của nơi nào; cần cấu hình registry',
  en: 'there are several issuers, so whose client it is would not be clear; configure a registry',
};

const read = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch {
    const vi = 'không đọc được tệp; kiểm tra đường dẫn và quyền đọc';
    const en = 'cannot be read; check the path and its permissions';
    throw new RegistryError(file, [{ key: '(file)', messages: { vi, en } }], 'DOCUMENTS_INVALID');
  }
};
