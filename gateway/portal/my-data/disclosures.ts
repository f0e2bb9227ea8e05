import type { Language } from '../app/language.tsx';
import type { Bilingual } from '../journeys/catalogue.ts';
import type { Login, Settings } from './login.ts';

export interface Term extends Bilingual {
  readonly code: string;
}

export interface Item extends Bilingual {
  readonly sensitive: boolean;
  readonly coordinates: readonly string[];
}

export interface Data {
  readonly department: Term;
  readonly items: readonly Item[];
}

/** Once that data left, as the gateway answers. */
export interface Disclosure {
  readonly id: string;
  readonly time: string;
  readonly kind: 'ANSWER' | 'CHANGE' | 'ATTEMPT';
  readonly own: boolean;
  readonly agency: Term | null;
  readonly application: string | null;
  readonly purpose: Term | null;
  readonly legalBasis: Term | null;
  readonly law: string | null;
  readonly data: readonly Data[];
  readonly passed: readonly { readonly to: Term; readonly data: readonly Data[] }[];
}

/** What is listed; left out is everything. */
export interface Filter {
  readonly from?: string;
  readonly to?: string;
  readonly agency?: string;
  readonly purpose?: string;
  /** Whether what the person looked at himself is listed too. */
  readonly withOwn: boolean;
}

export interface Page {
  readonly entries: readonly Disclosure[];
  readonly total: number;
  /** Where the next page begins; undefined on the last. */
  readonly next: string | undefined;
}

/**
 * Why there is no answer: the login is over, the province has no record of whoever logged in, the ledger cannot be read now,
 * the network, or what the gateway said.
 */
export type Problem = 'expired' | 'unregistered' | 'unavailable' | 'unreachable' | { readonly said: string };

const TERM = '{ code vi en }';
const DATA = `{ department ${TERM} items { vi en sensitive coordinates } }`;

const LIST = `query MyDisclosures($first: Int, $after: String, $from: Date, $to: Date, $agency: String, $purpose: String, $own: Boolean) {
  me {
    disclosures(first: $first, after: $after, from: $from, to: $to, agency: $agency, purpose: $purpose, own: $own) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node {
        id time kind own application law agency ${TERM} purpose ${TERM} legalBasis ${TERM}
        data ${DATA} passed { to ${TERM} data ${DATA} }
      } }
    }
  }
}`;

const PROOF = 'query MyProof($id: ID!) { me { disclosure(id: $id) { proof } } }';

interface Asker {
  readonly settings: Settings;
  readonly login: Login;
  readonly language: Language;
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** The nonce that the gateway wants in the next proof, where it wants one (RFC 9449 §8). */
let nonce: string | undefined;

/** Sends one request with its proof; once more where the gateway asks for another nonce. */
const send = async ({ settings, login, language }: Asker, body: string): Promise<Response> => {
  const once = async () => {
    const proof = { method: 'POST', url: settings.endpoint, token: login.token, nonce };
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'content-type': 'application/json',
        'accept-language': language,
        authorization: `DPoP ${login.token}`,
        dpop: await login.possession.proof(proof),
      },
      body,
    });
    const wanted = response.headers.get('dpop-nonce') ?? undefined;
    const another = wanted !== undefined && wanted !== nonce;
    if (another) nonce = wanted;
    return { response, another };
  };
  const { response, another } = await once();
  return response.status === 401 && another ? (await once()).response : response;
};

const ask = async <Data>(
  asker: Asker,
  query: string,
  variables: object,
): Promise<Data | { readonly problem: Problem }> => {
  if (Date.now() >= asker.login.expiresAt) return { problem: 'expired' };
  let response: Response;
  try {
    response = await send(asker, JSON.stringify({ query, variables }));
  } catch {
    return { problem: 'unreachable' };
  }
  if (response.status === 401) return { problem: 'expired' };
  if (response.status === 503) return { problem: 'unavailable' };
  const answer = (await response.json().catch(() => ({}))) as Answer<Data>;
  const [error] = answer.errors ?? [];
  if (error !== undefined) {
    const ours = error.extensions?.code === 'BAD_USER_INPUT' || response.status >= 400;
    return { problem: ours ? { said: error.message } : 'unavailable' };
  }
  return answer.data ?? { problem: 'unavailable' };
};

const failed = (answer: object): answer is { readonly problem: Problem } => 'problem' in answer;

/** Entries on one page; the gateway gives at most 50. */
const PAGE = 20;

interface Listed {
  readonly me: {
    readonly disclosures: {
      readonly totalCount: number;
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      readonly edges: readonly { readonly node: Disclosure }[];
    } | null;
  } | null;
}

/** One page of the list. */
export const fetchPage = async (
  asker: Asker,
  { withOwn, ...filter }: Filter,
  after?: string,
): Promise<Page | { readonly problem: Problem }> => {
  const own = withOwn ? {} : { own: false };
  const answer = await ask<Listed>(asker, LIST, { ...filter, ...own, first: PAGE, after });
  if (failed(answer)) return answer;
  if (answer.me === null) return { problem: 'unregistered' };
  const found = answer.me.disclosures;
  if (found === null) return { problem: 'unavailable' };
  return {
    entries: found.edges.map(({ node }) => node),
    total: found.totalCount,
    next: found.pageInfo.hasNextPage ? (found.pageInfo.endCursor ?? undefined) : undefined,
  };
};

/** The evidence of one entry; null while the ledger has not been signed up to it. */
export const fetchProof = async (
  asker: Asker,
  id: string,
): Promise<{ readonly proof: unknown } | { readonly problem: Problem }> => {
  const answer = await ask<{ me: { disclosure: { proof: unknown } | null } | null }>(asker, PROOF, { id });
  if (failed(answer)) return answer;
  return { proof: answer.me?.disclosure?.proof ?? null };
};
