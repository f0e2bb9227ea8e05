import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import type { IssuerConfig } from './config.ts';
import { StartError } from './errors.ts';
import { loadKeys } from './keys.ts';
import { notices } from './oidc.ts';
import { createProvider } from './provider.ts';
import { loadRegistry, type Registry, RegistryError } from './registry/index.ts';
import { unsafeForProduction } from './registry/production.ts';

/** Milliseconds that requests in flight have to end once the issuer stops. */
const drainTime = 5_000;
/** Milliseconds for a whole request to arrive: a token request is one small form. */
const requestTimeout = 15_000;

/** An issuer that serves. */
export interface RunningIssuer {
  /** Where it listens. */
  readonly url: string;
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** Stops accepting, lets requests in flight end, and resolves once the port is free. */
  close(): Promise<void>;
}

/**
 * Starts the issuer.
 *
 * @throws StartError where it must not or cannot start: unsafe registry, bad keys, taken port
 */
export async function startIssuer(
  config: IssuerConfig,
  logger: Logger = pino({ level: config.logLevel, name: 'issuer' }, pino.destination(2)),
): Promise<RunningIssuer> {
  const registry = readRegistry(config);
  const keys = await loadKeys(config.keysFile, config.environment);
  const logIn = await developmentLoginOf(config);
  const server = createServer({ requestTimeout });
  const url = await listen(server, config);
  const issuer = config.issuer ?? url;
  const { tokenLifetime } = config;
  const provider = createProvider({ issuer, registry, keys, tokenLifetime, log: logger, ...(logIn ? { logIn } : {}) });
  server.on('request', provider.callback());
  for (const notice of notices) logger.info({ notice }, 'notice of oidc-provider');
  logger.info({ url, issuer, environment: config.environment, clients: registry.clients.size }, 'issuer started');
  return { url, issuer, close: () => close(server, logger) };
}

function readRegistry({ registryFile, environment }: IssuerConfig): Registry {
  let registry: Registry;
  try {
    registry = loadRegistry(registryFile);
  } catch (error) {
    if (error instanceof RegistryError) throw new StartError(error.code, error.messages);
    throw error;
  }
  const unsafe = environment === 'production' ? unsafeForProduction(registry) : [];
  if (unsafe.length > 0) {
    throw new StartError('UNSAFE_IN_PRODUCTION', {
      vi: unsafe.map(({ vi }) => `${registryFile}: ${vi}`).join('\n'),
      en: unsafe.map(({ en }) => `${registryFile}: ${en}`).join('\n'),
    });
  }
  return registry;
}

/** Loaded only where it is used, so that a production process does not even hold the code. */
async function developmentLoginOf({ environment, provinceKeyFile }: IssuerConfig) {
  if (environment !== 'development' || !provinceKeyFile) return undefined;
  const { createDevelopmentLogin } = await import('./grants/development-login.ts');
  return createDevelopmentLogin(provinceKeyFile);
}

function listen(server: Server, { host, port }: IssuerConfig): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        new StartError(taken ? 'PORT_TAKEN' : 'CANNOT_LISTEN', {
          vi: taken
            ? `cổng ${port} của ${host} đang có chương trình khác dùng; dừng chương trình đó hoặc đặt ISSUER_PORT`
            : `không mở được ${host}:${port} (${error.code}); kiểm tra ISSUER_HOST và ISSUER_PORT`,
          en: taken
            ? `port ${port} on ${host} is in use by another program; stop that program or set ISSUER_PORT`
            : `cannot listen on ${host}:${port} (${error.code}); check ISSUER_HOST and ISSUER_PORT`,
        }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}`);
    });
  });
}

async function close(server: Server, log: Logger): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that was busy when the server closed becomes idle later and would hold it open.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), drainTime);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
  log.info('issuer stopped');
}
