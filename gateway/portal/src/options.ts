import type { Bilingual } from '../journeys/catalogue.ts';

export type { Bilingual };

/** A client of the local issuer that a developer may borrow in the console. */
export interface DemoClient {
  readonly id: string;
  readonly name: Bilingual;
  readonly purposes: readonly { readonly code: string; readonly scopes: readonly string[] }[];
}

/** Where the console gets demo tokens from. The gateway makes it from the local issuer; production has none. */
export interface DemoProvider {
  clients(): Promise<readonly DemoClient[]>;
  /** An access token of that client for that purpose, with every scope it has for it. */
  token(client: string, purpose: string): Promise<string>;
}

export interface ConsoleOptions {
  readonly environment: 'production' | 'development';
  /** Whether the gateway explains operations at `/explain`: without it the page has no such pane. */
  readonly explain?: boolean;
  /** Lets anyone who opens the page borrow a demo client: refused in production. */
  readonly demo?: DemoProvider;
  /**
   * Host names, besides `localhost` and literal addresses, under which the page may ask for demo tokens. Others are
   * refused: a name that an attacker points at this machine would count as same-origin (DNS rebinding).
   */
  readonly hosts?: readonly string[];
  /** The built pages; another folder in tests. */
  readonly dist?: string;
}

/** The page on which citizens read who looked at their data. */
export interface MyDataOptions {
  readonly environment: 'production' | 'development';
  /** Where citizens log in: the issuer's own name for itself. */
  readonly issuer: string;
  /** The public client of the registry that the page logs in as; its redirect address is this page's. */
  readonly client: string;
  /** The gateway's `/graphql` as the outside knows it: what proofs of possession are made out to. Asked once it listens. */
  readonly endpoint: () => string;
  /** Whether the files that the page loads are served here; false where the console serves them already. */
  readonly assets: boolean;
  /** The built pages; another folder in tests. */
  readonly dist?: string;
}
