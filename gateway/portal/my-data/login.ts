import { newPossession, type Possession, randomText, sha256 } from './possession.ts';

/** What the page is told by its gateway. */
export interface Settings {
  readonly environment: 'production' | 'development';
  readonly issuer: string;
  readonly client: string;
  /** The gateway's `/graphql` as the outside knows it. */
  readonly endpoint: string;
  /** Milliseconds by which the gateway's clock is ahead of this device's. */
  readonly aheadMs: number;
}

/** Asks the gateway, and looks at its clock by the way. */
export const fetchSettings = async (): Promise<Settings> => {
  const asked = Date.now();
  const response = await fetch('/my-data/config.json');
  const told = Date.parse(response.headers.get('date') ?? '');
  const settings = (await response.json()) as Omit<Settings, 'aheadMs'>;
  return { ...settings, aheadMs: Number.isNaN(told) ? 0 : told - asked };
};

/** Somebody who is logged in. In memory only: never written to any storage of the browser. */
export interface Login {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly possession: Possession;
}

/** Why nobody is logged in after all. */
export type LoginProblem = 'declined' | 'interrupted' | 'unavailable';

/** What must outlive the way to the issuer and back. It opens nothing by itself: the code is worth nothing without it, nor it without the code. */
interface Pending {
  readonly state: string;
  readonly verifier: string;
}

const PENDING = 'lienthong:login';

interface Metadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly pushed_authorization_request_endpoint: string;
}

const metadataOf = async (issuer: string): Promise<Metadata> => {
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
  const metadata = (await response.json()) as Metadata;
  // RFC 8414 §3.3: another issuer's document is no answer.
  if (metadata.issuer !== issuer) throw new Error('the issuer is another');
  return metadata;
};

const redirectUri = (): string => `${location.origin}/my-data`;

/** Sends the browser to log in: a pushed request (RFC 9126), so that the address tells no more than its name. */
export const beginLogin = async ({ issuer, client }: Settings): Promise<LoginProblem | undefined> => {
  const pending: Pending = { state: randomText(), verifier: randomText() };
  try {
    const metadata = await metadataOf(issuer);
    const response = await fetch(metadata.pushed_authorization_request_endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: client,
        response_type: 'code',
        redirect_uri: redirectUri(),
        code_challenge: await sha256(pending.verifier),
        code_challenge_method: 'S256',
        state: pending.state,
      }),
    });
    const { request_uri: requestUri } = (await response.json()) as { request_uri?: string };
    if (!response.ok || requestUri === undefined) return 'unavailable';
    sessionStorage.setItem(PENDING, JSON.stringify(pending));
    location.assign(
      `${metadata.authorization_endpoint}?${new URLSearchParams({ client_id: client, request_uri: requestUri })}`,
    );
    return undefined;
  } catch {
    return 'unavailable';
  }
};

/** How the browser came back from the issuer. */
export interface Return {
  readonly parameters: URLSearchParams;
  readonly pending: Pending | undefined;
}

/** Takes what the issuer sent along, once: it stays neither in the address nor in the storage. */
export const takeReturn = (): Return | undefined => {
  const parameters = new URLSearchParams(location.search);
  const stored = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  if (!parameters.has('state')) return undefined;
  history.replaceState(null, '', location.pathname);
  return { parameters, pending: stored === null ? undefined : (JSON.parse(stored) as Pending) };
};

/** Turns the code into a token that is bound to a key of this page. */
export const finishLogin = async (
  { issuer, client, aheadMs }: Settings,
  { parameters, pending }: Return,
): Promise<Login | LoginProblem> => {
  // Whoever plants a code of his own does not know the state; RFC 9207: nor may another issuer answer.
  if (pending === undefined || parameters.get('state') !== pending.state || parameters.get('iss') !== issuer) {
    return 'interrupted';
  }
  const code = parameters.get('code');
  if (code === null) return parameters.get('error') === 'access_denied' ? 'declined' : 'interrupted';
  try {
    const { token_endpoint: url } = await metadataOf(issuer);
    const possession = await newPossession(aheadMs);
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client,
      code,
      redirect_uri: redirectUri(),
      code_verifier: pending.verifier,
    });
    const ask = async (nonce?: string) =>
      fetch(url, { method: 'POST', headers: { dpop: await possession.proof({ method: 'POST', url, nonce }) }, body });
    let response = await ask();
    const nonce = response.headers.get('dpop-nonce');
    // RFC 9449 §8: the issuer may want its own nonce in the proof.
    if (response.status === 400 && nonce !== null) response = await ask(nonce);
    const answer = (await response.json()) as { access_token?: string; expires_in?: number };
    if (!response.ok || answer.access_token === undefined) return 'interrupted';
    return {
      token: answer.access_token,
      expiresAt: Date.now() + (answer.expires_in ?? 0) * 1000,
      possession,
    };
  } catch {
    return 'unavailable';
  }
};
