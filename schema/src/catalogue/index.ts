export {
  type Bilingual,
  CATALOGUE_FOLDER,
  type Catalogue,
  type Category,
  type LegalBasis,
  loadCatalogue,
  type Purpose,
  type Scope,
  SENSITIVITIES,
  type Sensitivity,
} from './catalogue.ts';
