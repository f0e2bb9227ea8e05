import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { composeSources } from '@lienthong/schema/compose';
import { execute, parse } from 'graphql';
import { exportJWK, exportPKCS8, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

import { executableDepartment } from '../fuzz/world.ts';
import { type HttpAnswer, type Question, send } from './http.ts';
import { auditLine, type KeptLedger, type LedgerKeys, ledgerKeys } from './ledger-keys.ts';
import { type Running, start } from './process.ts';

/** A department of a few lines: data by `Type` and key, methods where a field is computed from its representation. */
export interface SmallDepartment {
  /** With its own `@link`. */
  readonly sdl: string;
  /** Root fields, as graphql-js takes them; in the second argument stand the request's `headers`. */
  readonly root?: object;
  /** Entities by type name: finds one by its representation. What it returns is laid over the representation. */
  readonly entities?: Readonly<Record<string, (representation: Readonly<Record<string, unknown>>) => object>>;
}

export interface SmallCall {
  readonly department: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface SmallIssuer {
  readonly issuer: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

type CryptoKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** The gateway as a process of its own over departments that live in the test: any schema, any token, in a second. */
export interface SmallFederation {
  readonly url: string;
  readonly gateway: Running;
  readonly issuers: readonly [SmallIssuer, SmallIssuer];
  readonly supergraphFile: string;
  /** The gateway's configuration. */
  readonly configFile: string;
  /** What departments received since `calls.length = 0`. */
  readonly calls: SmallCall[];
  /** Bytes that a department answers instead of its own; undefined: its own again. */
  divert(department: string, answer: string | undefined): void;
  /** A token of the first issuer; `scopes` is the claim as it is written. */
  token(scopes: string, claims?: JWTPayload): Promise<string>;
  ask(question: Question): Promise<HttpAnswer>;
  /** Asks another process of the gateway. */
  askAt(url: string, question: Question): Promise<HttpAnswer>;
  /** One more process of the gateway by the same configuration, changed by variables; ends with the federation. */
  another(env?: NodeJS.ProcessEnv): Promise<Running>;
  post(body: string | Buffer, headers: Record<string, string>): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface SmallFederationOptions {
  readonly departments?: Readonly<Record<string, SmallDepartment>>;
  /** In place of the departments' composition: an SDL as it is. */
  readonly supergraph?: string;
  /** YAML put at the end of the gateway's configuration. */
  readonly config?: string;
  /** Trusted issuers besides its own two: entries of `authentication.issuers`. */
  readonly trusted?: readonly string[];
  readonly environment?: 'development' | 'production';
  /** Absent: no metrics. */
  readonly metricsPort?: number;
  /** Absent: no ledger. */
  readonly audit?: KeptLedger;
  /** By which departments make the ids of persons, and the ledger its own. */
  readonly keys?: LedgerKeys;
  readonly env?: NodeJS.ProcessEnv;
}

/** What an SDL begins with, besides, that says whose data it is. */
export const SUBJECTS = `extend schema @link(url: "https://specs.lienthong.example/dataSubject/v0.1",
  import: ["@dataSubject"]) @composeDirective(name: "@dataSubject")
  directive @dataSubject(enclosing: Boolean, path: String, argument: String, none: String) repeatable on OBJECT | FIELD_DEFINITION\n`;

/** The line that every department's SDL begins with. */
export const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires",
  "@external", "@shareable", "@inaccessible", "@tag", "@authenticated", "@requiresScopes", "@policy", "@context",
  "@fromContext", "@composeDirective"])\n`;

export const startSmallFederation = async (options: SmallFederationOptions): Promise<SmallFederation> => {
  const { departments = {}, environment = 'development', config = '', env = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-small-'));
  const calls: SmallCall[] = [];
  const diverted = new Map<string, string>();
  const servers = new Map(
    Object.entries(departments).map(([name, department]) => [name, serve(name, department, calls, diverted)] as const),
  );
  const undo: (() => unknown)[] = [
    () => rm(folder, { recursive: true, force: true }),
    () => {
      for (const server of servers.values()) {
        server.closeAllConnections();
        server.close();
      }
    },
  ];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };

  try {
    const urls = new Map<string, string>();
    for (const [name, server] of servers) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      urls.set(name, `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
    }
    const supergraphFile = join(folder, 'supergraph.graphql');
    await writeFile(supergraphFile, options.supergraph ?? (await composed(departments, urls, folder)));

    // Both issuers call their key by one name: the key is chosen by issuer and kid.
    const issuers = [await issuer('https://idp.example'), await issuer('https://idp.example.evil')] as const;
    await Promise.all(
      issuers.map(({ jwk }, n) => writeFile(join(folder, `jwks${n}.json`), JSON.stringify({ keys: [jwk] }))),
    );
    for (const name of ['gateway-key.pem', 'signing-key.pem']) {
      const { privateKey } = await generateKeyPair('ES256', { extractable: true });
      await writeFile(join(folder, name), await exportPKCS8(privateKey), { mode: 0o600 });
    }
    const configFile = join(folder, 'gateway.yaml');
    const lines = [
      `environment: ${environment}`,
      'listen: { port: 0 }',
      `metrics: ${options.metricsPort === undefined ? 'false' : `{ port: ${options.metricsPort} }`}`,
      await auditLine(folder, options.keys ?? ledgerKeys(), options.audit),
      'supergraph: { file: ./supergraph.graphql }',
      `departments: { ${[...urls].map(([name, url]) => `${name}: { url: "${url}", timeout: 5s }`).join(', ')} }`,
      'authentication:',
      '  issuers:',
      ...issuers.map((each, n) => `    - { issuer: "${each.issuer}", jwks: { file: ./jwks${n}.json } }`),
      ...(options.trusted ?? []).map((entry) => `    - ${entry}`),
      'internalToken: { keyFile: ./gateway-key.pem }',
      config,
    ];
    await writeFile(configFile, lines.join('\n'));
    const another = async (changed: NodeJS.ProcessEnv = {}) => {
      const command = ['gateway/cli/bin/lienthong.js', 'gateway', '--config', configFile];
      const running = await start(command, { ...env, ...changed });
      undo.push(() => running.stop());
      return running;
    };
    const gateway = await another();

    const post = (body: string | Buffer, headers: Record<string, string>) => send(gateway.url, body, headers);
    const askAt: SmallFederation['askAt'] = (url, { token, headers, dispatcher, ...body }) =>
      send(
        url,
        JSON.stringify(body),
        {
          'content-type': 'application/json',
          'accept-language': 'en',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        dispatcher,
      );
    return {
      url: gateway.url,
      gateway,
      issuers,
      supergraphFile,
      configFile,
      calls,
      divert: (department, answer) => {
        if (answer === undefined) diverted.delete(department);
        else diverted.set(department, answer);
      },
      token: (scope, claims = {}) => mint(issuers[0], { scope, ...claims }),
      post,
      ask: (question) => askAt(gateway.url, question),
      askAt,
      another,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const composed = async (
  departments: Readonly<Record<string, SmallDepartment>>,
  urls: ReadonlyMap<string, string>,
  folder: string,
): Promise<string> => {
  const sources = await Promise.all(
    Object.entries(departments).map(async ([name, { sdl }]) => {
      const file = join(folder, `${name}.graphql`);
      await writeFile(file, sdl);
      return { name, url: urls.get(name) ?? '', schema: [file] };
    }),
  );
  const composition = composeSources({ departments: sources }, { folder });
  if (composition.ok) return composition.supergraph;
  throw new Error(composition.errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
};

const serve = (
  name: string,
  { sdl, root = {}, entities = {} }: SmallDepartment,
  calls: SmallCall[],
  diverted: ReadonlyMap<string, string>,
) => {
  const schema = executableDepartment(sdl);
  const rootValue = {
    ...root,
    _entities: ({ representations }: { representations: Record<string, unknown>[] }) =>
      representations.map((each) => ({ ...each, ...entities[String(each.__typename)]?.(each) })),
  };
  return createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { query, variables = {} } = JSON.parse(Buffer.concat(chunks).toString());
    calls.push({ department: name, headers: incoming.headers, query, variables });
    outgoing.setHeader('content-type', 'application/json');
    const contextValue = { headers: incoming.headers };
    const result = await execute({
      schema,
      document: parse(query),
      rootValue,
      contextValue,
      variableValues: variables,
    });
    outgoing.end(diverted.get(name) ?? JSON.stringify(result));
  });
};

const KEY_NAME = '2026';

const issuer = async (name: string): Promise<SmallIssuer> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    issuer: name,
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid: KEY_NAME, alg: 'ES256', use: 'sig' },
  };
};

let minted = 0;

/** An access token that is as it should be, but for what `claims` and `header` change; `undefined` removes a claim. */
export const mint = (
  { issuer: iss, privateKey }: SmallIssuer,
  claims: JWTPayload = {},
  header: Record<string, unknown> = {},
): Promise<string> => {
  const now = Math.floor(Date.now() / 1_000);
  const whole: JWTPayload = {
    iss,
    aud: 'urn:gateway',
    sub: 'partner',
    client_id: 'partner',
    jti: `token-${++minted}`,
    iat: now,
    exp: now + 600,
    ...claims,
  };
  const payload = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: KEY_NAME, ...header })
    .sign(privateKey);
};
