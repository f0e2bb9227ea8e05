import { complete } from '../execution/complete.ts';
import { permittedDocument } from '../execution/document.ts';
import { PrivateNames } from '../execution/private-names.ts';
import { authorize } from '../policy/authorize.ts';

/**
 * The filter: what judges, what departments are asked, under which names, and what the caller gets. A value of its own so
 * that test/fuzz can put one mistake at a time in each place and prove that it would be noticed.
 */
export interface Filter {
  readonly authorize: typeof authorize;
  readonly permittedDocument: typeof permittedDocument;
  readonly complete: typeof complete;
  readonly names: (prefix: string) => PrivateNames;
}

export const FILTER: Filter = {
  authorize,
  permittedDocument,
  complete,
  names: (prefix) => new PrivateNames(prefix),
};
