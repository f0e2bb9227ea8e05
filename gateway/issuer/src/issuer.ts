import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { openRegistry, type Partner, RegistryError, type RegistryReader, standingOf } from '@lienthong/registry';
import { openState, type RevocationList, StateUnavailable } from '@lienthong/state';
import { type Logger, pino } from 'pino';
import { clientCertificates, readCertificates } from './certificates/client-certificate.ts';
import type { IssuerConfig } from './config/index.ts';
import type { TlsSettings } from './config/tls.ts';
import { StartError } from './errors.ts';
import type { Citizens } from './grants/citizens.ts';
import { loadKeys } from './keys/file.ts';
import { watchKeys } from './keys/watch.ts';
import { listen, stop } from './listen.ts';
import { callbackPath, type LoginParts } from './login/routes.ts';
import { notices } from './oidc.ts';
import { createProvider } from './provider.ts';
import { available } from './storage/available.ts';
import { memoryStore } from './storage/memory.ts';
import type { Store } from './storage/store.ts';

/** Milliseconds for a whole request to arrive: a token request is one small form. */
const requestTimeout = 15_000;

/** An issuer that serves. */
export interface RunningIssuer {
  /** Where it listens. */
  readonly url: string;
  /** Where it listens for clients with certificates. */
  readonly tlsUrl?: string;
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** Stops accepting, lets requests in flight end, and resolves once the port is free. */
  close(): Promise<void>;
}

/** How to take back what was started, in the order it was. */
type Undo = (() => Promise<unknown>)[];

/** What the issuer is given from outside. */
export interface IssuerParts {
  readonly logger?: Logger;
}

/**
 * Starts the issuer.
 *
 * @throws StartError where it must not or cannot start: unsafe registry, bad keys, no database, taken port
 */
export async function startIssuer(config: IssuerConfig, parts: IssuerParts = {}): Promise<RunningIssuer> {
  const log = parts.logger ?? pino({ level: config.logLevel, name: 'issuer' }, pino.destination(2));
  const undo: Undo = [];
  try {
    return await start(config, log, undo);
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

async function start(config: IssuerConfig, log: Logger, undo: Undo): Promise<RunningIssuer> {
  const { environment, tokenLifetime, dpopNonce, introspectors } = config;
  const registry = await readRegistry(config, log);
  undo.push(() => registry.close());
  const keys = await loadKeys(config.keysFile, environment);
  const citizens = await citizensOf(config);
  const certificates = readable('ISSUER_CLIENT_CA', () => clientCertificates(config.certificates));
  const store = available(await openStore(config, log), log);
  undo.push(() => store.close());
  const revocations = await revocationsOf(config, log, undo);

  const server = createServer({ requestTimeout });
  undo.push(() => stop(server));
  const url = await listen(server, 'http', config, 'ISSUER_PORT');
  const issuer = config.issuer ?? url;
  const tls = config.tls && (await startTls(config.tls, undo));
  const login = await loginOf(config, issuer, citizens);
  const providerOf = (current: typeof keys) =>
    createProvider({
      environment,
      issuer,
      partnerOf: (client) => active(registry.partner(client)),
      keys: current,
      store,
      certificates,
      tokenLifetime,
      dpopNonce,
      introspectors,
      log,
      ...(tls ? { tlsUrl: tls.url } : {}),
      ...(citizens && environment === 'development' ? { logIn: citizens } : {}),
      ...(login ? { login } : {}),
      ...(revocations ? { revocations } : {}),
    }).callback();

  // oidc-provider's keys are fixed: with new ones comes another provider over the same store, and requests in flight end
  // on the former.
  let handle = providerOf(keys);
  const watching = watchKeys(
    config,
    keys,
    (changed) => {
      handle = providerOf(changed);
      const current = changed.keys.find(({ state }) => state === 'current')?.jwk.kid;
      log.info({ current, keys: changed.keys.length }, 'signing keys changed');
    },
    log,
  );
  undo.push(async () => watching.stop());
  for (const each of tls ? [server, tls.server] : [server]) {
    each.on('request', (request, response) => void handle(request, response));
  }
  for (const notice of notices) log.info({ notice }, 'notice of oidc-provider');
  log.info({ url, issuer, environment, clients: registry.partners.length, tls: tls?.url }, 'issuer started');
  return {
    url,
    issuer,
    ...(tls ? { tlsUrl: tls.url } : {}),
    async close() {
      for (const step of undo.splice(0).reverse()) await step();
      log.info('issuer stopped');
    },
  };
}

const active = (partner: Partner | undefined): Partner | undefined =>
  partner && standingOf(partner, Date.now()) === 'active' ? partner : undefined;

async function readRegistry({ registry, environment }: IssuerConfig, log: Logger): Promise<RegistryReader> {
  try {
    return await openRegistry(registry, {
      environment,
      onProblem: ({ code, message }) => log.error({ code, problem: message }, 'a change of the registry was not taken'),
    });
  } catch (error) {
    if (error instanceof RegistryError) throw new StartError(error.code, error.messages);
    throw error;
  }
}

/** Loaded only where it is used, so that a process that logs nobody in does not even hold the province key. */
async function citizensOf({ provinceKeyFile, environment, upstream }: IssuerConfig): Promise<Citizens | undefined> {
  if (!provinceKeyFile || (environment === 'production' && !upstream)) return undefined;
  const { createCitizens } = await import('./grants/citizens.ts');
  return createCitizens(provinceKeyFile);
}

async function loginOf(
  { upstream: settings }: IssuerConfig,
  issuer: string,
  citizens: Citizens | undefined,
): Promise<Pick<LoginParts, 'upstream' | 'claims' | 'citizens'> | undefined> {
  if (!settings) return undefined;
  if (!citizens) {
    throw new StartError('CONFIG_INVALID', {
      vi: 'PROVINCE_KEY_FILE bắt buộc khi có ISSUER_UPSTREAM_URL: claim citizen được tạo từ khoá này',
      en: 'PROVINCE_KEY_FILE is required with ISSUER_UPSTREAM_URL: the citizen claim is made from it',
    });
  }
  const { createUpstream } = await import('./login/upstream.ts');
  return { upstream: createUpstream(settings, `${issuer}${callbackPath}`), claims: settings.claims, citizens };
}

async function openStore({ database }: IssuerConfig, log: Logger): Promise<Store> {
  if (database === undefined) return memoryStore();
  // A process that keeps everything in memory needs no database driver.
  const { postgresStore } = await import('./storage/postgres.ts');
  try {
    return await postgresStore(database, log);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new StartError('DATABASE_UNAVAILABLE', {
      vi: `không dùng được cơ sở dữ liệu của ISSUER_DATABASE_URL (${code}); kiểm tra máy chủ, tài khoản và mật khẩu`,
      en: `the database of ISSUER_DATABASE_URL cannot be used (${code}); check server, account and password`,
    });
  }
}

/** The list of revoked tokens that gateways follow. Without one none can be revoked, and the endpoint says so. */
async function revocationsOf(
  { state: source }: IssuerConfig,
  log: Logger,
  undo: Undo,
): Promise<RevocationList | undefined> {
  if (!source) return undefined;
  try {
    const state = await openState(source, log);
    undo.push(() => state.close());
    return state.revocations;
  } catch (error) {
    if (!(error instanceof StateUnavailable)) throw error;
    throw new StartError('STATE_UNAVAILABLE', {
      vi: 'ISSUER_STATE: tệp không đọc được và không tạo được; kiểm tra đường dẫn và quyền',
      en: 'ISSUER_STATE: the file can be neither read nor made; check path and permissions',
    });
  }
}

async function startTls(settings: TlsSettings, undo: Undo) {
  const server = readable('ISSUER_TLS_CERTIFICATE, ISSUER_TLS_KEY', () => {
    readCertificates(settings.certificateFile);
    return createTlsServer({
      cert: readFileSync(settings.certificateFile),
      key: readFileSync(settings.keyFile),
      minVersion: 'TLSv1.2',
      requestTimeout,
      // Asked for, not demanded, and judged per client: a self-signed certificate is good for whoever registered it.
      requestCert: true,
      rejectUnauthorized: false,
    });
  });
  undo.push(() => stop(server));
  const url = await listen(server, 'https', settings, 'ISSUER_TLS_PORT');
  return { server, url: settings.url ?? url };
}

function readable<T>(variable: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new StartError('CONFIG_INVALID', {
      vi: `${variable}: tệp phải là PEM hợp lệ`,
      en: `${variable}: the file must be valid PEM`,
    });
  }
}
