import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Catalogue, loadCatalogue } from '@lienthong/schema/catalogue';
import { type Judgement, readPartner } from './document/partner.ts';
import { YamlReader } from './document/yaml-reader.ts';
import type { Partner } from './partner.ts';
import { RegistryError } from './problem.ts';
import { unsafeForProduction } from './production.ts';

/** The registry of demo clients that ships with the repository; its secrets are public. */
export const developmentRegistry: string = fileURLToPath(new URL('../development.yaml', import.meta.url));

export interface ParseOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly catalogue?: Catalogue;
  /** Milliseconds since the epoch, where partners are being admitted: what has ended by then is refused. */
  readonly admittedAt?: number;
  readonly environment?: 'development' | 'production';
}

/**
 * Reads a registry file once. Unknown keys, unknown shapes, what the catalogue does not allow and a missing environment
 * variable are refused.
 *
 * @throws RegistryError with file, line and key of every fault
 */
export function loadRegistryFile(file: string, options: ParseOptions = {}): readonly Partner[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const vi = 'không đọc được tệp; kiểm tra đường dẫn của sổ đăng ký đối tác và quyền đọc';
    const en = 'cannot be read; check the path of the partner registry and its permissions';
    throw new RegistryError(file, [{ line: 1, key: '(file)', messages: { vi, en } }], 'REGISTRY_UNAVAILABLE');
  }
  return parseRegistry(text, file, options);
}

/** Parses `partners: {<client id>: {…}}`; `source` is named in the problems. */
export function parseRegistry(text: string, source: string, options: ParseOptions = {}): readonly Partner[] {
  const { env = process.env, catalogue = loadCatalogue(), environment = 'development', admittedAt } = options;
  const judgement: Judgement = { env, catalogue, ...(admittedAt === undefined ? {} : { admittedAt }) };
  const reader = new YamlReader(text);
  if (reader.problems.length > 0) throw new RegistryError(source, reader.problems);
  const partners: Partner[] = [];
  const unsafe: RegistryError['problems'][number][] = [];
  const listed = reader.record(reader.top, ['partners'])?.get('partners');
  for (const [client, place] of (listed && reader.entries(listed)) ?? []) {
    const partner = readPartner(reader, client, place, judgement);
    if (!partner) continue;
    partners.push(partner);
    if (environment !== 'production') continue;
    unsafe.push(...unsafeForProduction(partner).map((messages) => ({ line: place.line, key: place.key, messages })));
  }
  if (listed && partners.length === 0 && reader.problems.length === 0) {
    reader.problem(listed, 'phải có ít nhất một đối tác', 'must hold at least one partner');
  }
  if (reader.problems.length > 0) throw new RegistryError(source, reader.problems);
  if (unsafe.length > 0) throw new RegistryError(source, unsafe, 'UNSAFE_IN_PRODUCTION');
  return partners;
}
