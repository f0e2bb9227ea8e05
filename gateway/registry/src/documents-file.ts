import { readPersistedDocuments } from './document/persisted-documents.ts';
import { type Place, YamlReader } from './document/yaml-reader.ts';
import type { PersistedDocument } from './persisted-document.ts';
import { RegistryError } from './problem.ts';

/** A persisted document of a file, which may be for some clients alone. */
export interface FiledDocument extends PersistedDocument {
  /** Absent: for every client. */
  readonly clients?: readonly string[];
  /** Where it stands, for whoever finds more wrong with it. */
  readonly place: { readonly line: number; readonly key: string };
}

// Clients of other issuers are known by whatever those call them.
const clientId = /^[\x21-\x7e]{1,256}$/;
const clientShape = { vi: 'mã ứng dụng (client_id)', en: 'a client_id' };

/**
 * Parses a file of persisted documents: a list of `{ name?, purpose, clients?, body, hash? }` in YAML or JSON.
 *
 * @param source is named in the problems
 * @throws RegistryError with file, line and key of every fault
 */
export function parseDocuments(text: string, source: string): readonly FiledDocument[] {
  const reader = new YamlReader(text);
  if (reader.problems.length > 0) throw new RegistryError(source, reader.problems);
  const filed: FiledDocument[] = [];
  for (const { document, place, more } of readPersistedDocuments(reader, reader.top, ['clients'])) {
    const clientsAt = more.get('clients');
    const clients = clientsAt && readClients(reader, clientsAt);
    filed.push({
      ...document,
      ...(clients === undefined ? {} : { clients }),
      place: { line: place.line, key: place.key },
    });
  }
  if (reader.problems.length > 0) throw new RegistryError(source, reader.problems);
  return filed;
}

const readClients = (reader: YamlReader, place: Place): readonly string[] =>
  (reader.list(place) ?? []).flatMap((item) => reader.text(item, clientId, clientShape) ?? []);
