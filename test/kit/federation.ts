import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { requestToken } from '@lienthong/issuer/client';
import { seededDatabase, type TestDatabase } from '@lienthong/kit/testing';
import { developmentRegistry } from '@lienthong/registry';
import { request } from 'undici';

import { type HttpAnswer, type Question, send } from './http.ts';
import { auditLine, type KeptLedger, ledgerKeys } from './ledger-keys.ts';
import { type Running, repository, run, start, typescript } from './process.ts';
import { type RecordingProxy, recordingProxy } from './recording-proxy.ts';

export type { HttpAnswer, Question } from './http.ts';

const departmentNames = ['citizens', 'health', 'education', 'land'] as const;
export type DepartmentName = (typeof departmentNames)[number];

/** The whole product, each part its own process over real PostgreSQL, with an ear on every department. */
export interface Federation {
  readonly url: string;
  readonly gateway: Running;
  readonly issuer: Running;
  readonly departments: Readonly<Record<DepartmentName, Running>>;
  readonly proxies: Readonly<Record<DepartmentName, RecordingProxy>>;
  readonly databases: Readonly<Record<DepartmentName, TestDatabase>>;
  /** Starts one more gateway over the same departments, which ends with the federation. */
  another(settings: Readonly<Record<string, string>>): Promise<Running>;
  /** Starts a department that has ended anew, at the address it had. */
  restart(department: DepartmentName): Promise<void>;
  /** The federated id of a person. */
  idOf(personalNumber: string): string;
  /** What the ledger calls a person. */
  subjectOf(personalNumber: string): string;
  token(client: string, choice?: { scope?: string; purpose?: string; caseId?: string }): Promise<string>;
  ask(question: Question): Promise<HttpAnswer>;
  post(body: string | Buffer, headers: Record<string, string>): Promise<HttpAnswer>;
  /** The texts that departments received since `clearCalls`. */
  asked(...departments: DepartmentName[]): string[];
  clearCalls(): void;
  close(): Promise<void>;
}

export interface FederationOptions {
  readonly citizens?: number;
  /** YAML put at the end of the gateway's configuration. */
  readonly config?: (addresses: { readonly issuer: string }) => string;
  /** Settings of the issuer besides its defaults. */
  readonly issuer?: Readonly<Record<string, string>>;
  /** The same of each department. */
  readonly department?: Readonly<Record<string, string>>;
  /** Absent: no ledger. */
  readonly audit?: KeptLedger;
}

/** One for all federations, which so can share what was seeded under it. */
const PROVINCE_KEY = `k1.${Buffer.alloc(32, 'province').toString('base64url')}`;

const port = { citizens: 'CITIZENS', health: 'HEALTH', education: 'EDUCATION', land: 'LAND' } as const;

export const startFederation = async ({
  citizens = 200,
  config = () => '',
  issuer: issuerSettings = {},
  department: departmentSettings = {},
  audit,
}: FederationOptions = {}): Promise<Federation> => {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-federation-'));
  const keys = ledgerKeys(PROVINCE_KEY);
  const keyFile = join(folder, 'province.key');
  await writeFile(keyFile, `${keys.province}\n`, { mode: 0o600 });
  const jwksFile = join(folder, 'gateway-jwks.json');
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };

  try {
    const issuer = await start([...typescript('issuer'), 'gateway/issuer/src/main.ts'], {
      ISSUER_PORT: '0',
      ISSUER_KEYS_FILE: join(folder, 'issuer-keys.json'),
      PROVINCE_KEY_FILE: keyFile,
      ...issuerSettings,
    });
    undo.push(() => issuer.stop());

    const databases = {} as Record<DepartmentName, TestDatabase>;
    const departments = {} as Record<DepartmentName, Running>;
    const proxies = {} as Record<DepartmentName, RecordingProxy>;
    const startDepartment = async (name: DepartmentName, at: string) => {
      departments[name] = await start(department(name), { ...environment(name), [`${port[name]}_PORT`]: at });
    };
    const department = (name: DepartmentName) => [...typescript('department'), `subgraphs/${name}/index.ts`];
    const environment = (name: DepartmentName, url = databases[name].url) => ({
      [`${port[name]}_DATABASE_URL`]: url,
      PROVINCE_KEY_FILE: keyFile,
      GATEWAY_JWKS: jwksFile,
      ...departmentSettings,
    });
    await Promise.all(
      departmentNames.map(async (name) => {
        databases[name] = await seededDatabase(`${name}_${citizens}`, async (url) => {
          const seeded = await run([...department(name), 'seed', '--citizens', `${citizens}`], environment(name, url));
          if (seeded.code !== 0) throw new Error(`${name} was not seeded: ${seeded.stderr}`);
        });
        undo.push(() => databases[name].drop());
        await startDepartment(name, '0');
        undo.push(() => departments[name].stop());
        proxies[name] = await recordingProxy(departments[name].url);
        undo.push(() => proxies[name].close());
      }),
    );

    const configFile = join(folder, 'gateway.yaml');
    const more = [config({ issuer: issuer.url }), ...(audit ? [await auditLine(folder, keys, audit)] : [])];
    await writeFile(configFile, gatewayConfig(issuer.url, proxies, more.join('\n')));
    const another: Federation['another'] = async (settings) => {
      const one = await start(['gateway/cli/bin/lienthong.js', 'gateway', '--config', configFile], settings);
      undo.push(() => one.stop());
      return one;
    };
    const gateway = await another({});
    const { origin } = new URL(gateway.url);
    await writeFile(jwksFile, await (await request(`${origin}/.well-known/departments-jwks.json`)).body.text());

    const post = (body: string | Buffer, headers: Record<string, string>) => send(gateway.url, body, headers);
    return {
      url: gateway.url,
      gateway,
      issuer,
      departments,
      proxies,
      databases,
      another,
      restart: (name) => startDepartment(name, new URL(departments[name].url).port),
      close,
      post,
      idOf: keys.idOf,
      subjectOf: keys.subjectOf,
      token: async (client, choice = {}) => {
        const issued = await requestToken({ issuer: issuer.url, registryFile: developmentRegistry, client, ...choice });
        if (!issued.ok) throw new Error(issued.messages.en);
        return issued.token;
      },
      ask: ({ token, headers, ...body }) =>
        post(JSON.stringify(body), {
          'content-type': 'application/json',
          'accept-language': 'en',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        }),
      asked: (...names) => names.flatMap((name) => proxies[name].calls.map(({ query }) => query)),
      clearCalls: () => {
        for (const name of departmentNames) proxies[name].clear();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const gatewayConfig = (issuer: string, proxies: Record<DepartmentName, RecordingProxy>, more: string): string => `
environment: development
listen: { port: 0 }
metrics: { port: 0 }
supergraph: { file: ${join(repository, 'schema/supergraph.graphql')} }
departments:
${departmentNames.map((name) => `  ${name}: { url: "${proxies[name].url}", timeout: 2s }`).join('\n')}
authentication:
  issuers:
    - { issuer: "${issuer}", jwks: { url: "${issuer}/jwks" }, algorithms: [ES256] }
${more.includes('authorization:') ? '' : 'authorization: { unguarded: refuse }'}
${more}
`;
