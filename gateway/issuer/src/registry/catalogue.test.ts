import { describe, expect, test } from '@jest/globals';
import { loadCatalogue } from '@lienthong/schema/catalogue';
import { developmentRegistry, loadRegistry } from './index.ts';

const catalogue = loadCatalogue();
const { clients } = loadRegistry(developmentRegistry, {});
const registrations = [...clients.values()].flatMap(({ id, purposes }) =>
  purposes.map((registered) => ({ id, ...registered })),
);

describe.each(registrations)('$id for $purpose', ({ purpose, legalBasis, scopes }) => {
  test('has a purpose of the catalogue, on a legal basis that the purpose may rest on', () => {
    expect(catalogue.purposes.get(purpose)?.legalBases).toContain(legalBasis);
  });

  test.each(scopes)('%s is in the catalogue and may rest on the same basis', (scope) => {
    expect(catalogue.scopes.get(scope)?.legalBases).toContain(legalBasis);
  });
});
