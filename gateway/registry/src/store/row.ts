import type { Catalogue } from '@lienthong/schema/catalogue';
import type { PartnerDocument } from '../document/write.ts';
import { parseRegistry } from '../file.ts';
import type { Partner, PartnerStatus } from '../partner.ts';
import { RegistryError } from '../problem.ts';

/** A row as the database keeps it. */
export interface PartnerRow {
  readonly client: string;
  readonly status: PartnerStatus;
  readonly document: PartnerDocument;
}

/**
 * Judges a row like an entry of a file: what the database holds may be older than the catalogue, or not from here.
 *
 * @throws RegistryError
 */
export function partnerOf(
  { client, status, document }: PartnerRow,
  options: { readonly catalogue?: Catalogue; readonly environment?: 'development' | 'production' } = {},
): Partner {
  const text = JSON.stringify({ partners: { [client]: document } });
  try {
    const [partner] = parseRegistry(text, 'registry', { ...options, env: {} });
    if (partner !== undefined) return { ...partner, status };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new RegistryError(
      error.source,
      // A row is one line of text, which tells nobody anything.
      error.problems.map(({ key, messages }) => ({ key, messages })),
      error.code,
    );
  }
  throw new Error(`the registration of ${client} was neither read nor refused`);
}
