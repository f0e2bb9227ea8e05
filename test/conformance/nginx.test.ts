import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Agent, request } from 'undici';

import { registry } from '../attacks/registry.ts';
import { type Credentials, certificateAuthority } from '../kit/certificates.ts';
import { type Running, repository, start, typescript } from '../kit/process.ts';
import { type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

// deploy/production/nginx.conf by nginx itself, before two processes of the gateway and an issuer.
jest.setTimeout(120_000);

const nginx = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map((place) => join(place, 'nginx'))
  .find((file) => existsSync(file));
if (nginx === undefined)
  process.stderr.write('NOT CHECKED: deploy/production/nginx.conf by nginx, which is not installed here.\n');

const GATEWAY = 'du-lieu.tinh.example';
const ISSUER = 'idp.tinh.example';
const undo: (() => unknown)[] = [];
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

let configuration: string[];
let port: number;
let federation: SmallFederation;
let second: Running;
let ca: string;
let own: Credentials;
let others: Credentials;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await promisify(server.close.bind(server))();
  return port;
};

/** nginx.conf with the addresses and files of this test in place of those that it names. */
const placed = async (folder: string, changes: Readonly<Record<string, string>>): Promise<string> => {
  let text = await readFile(join(repository, 'deploy/production/nginx.conf'), 'utf8');
  for (const [theirs, ours] of Object.entries({ ...changes, '/etc/lienthong/tls': folder })) {
    if (!text.includes(theirs)) throw new Error(`nginx.conf has no ${theirs}`);
    text = text.replaceAll(theirs, ours);
  }
  return text;
};

const portOf = ({ url }: Pick<Running, 'url'>): string => new URL(url).host;

/** Waits for nginx, or its end, of which its log tells. */
const listens = async (child: ChildProcess, log: string): Promise<void> => {
  for (;;) {
    if (child.exitCode !== null) throw new Error(await readFile(log, 'utf8'));
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

beforeAll(async () => {
  if (nginx === undefined) return;
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-nginx-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const [authority, stranger] = await Promise.all([certificateAuthority('tinh'), certificateAuthority('stranger')]);
  ca = authority.certificate;
  const server = await authority.issue(GATEWAY, 'server');
  own = await authority.issue('partner', 'client');
  others = await stranger.issue('partner', 'client');

  federation = await startSmallFederation({
    departments: registry,
    env: { LIENTHONG_LISTEN_CLIENT_CERTIFICATE_FROM: '127.0.0.1', LIENTHONG_PUBLIC_URL: `https://${GATEWAY}` },
  });
  undo.push(() => federation.close());
  second = await federation.another();
  const issuer = await start([...typescript('issuer'), 'gateway/issuer/src/main.ts'], {
    ISSUER_PORT: '0',
    ISSUER_URL: `https://${ISSUER}`,
    ISSUER_KEYS_FILE: join(folder, 'issuer-keys.json'),
    ISSUER_TRUSTED_PROXIES: '127.0.0.1',
  });
  undo.push(() => issuer.stop());

  port = await freePort();
  const ours = await placed(folder, {
    'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
    '127.0.0.1:4000': portOf(federation),
    '127.0.0.1:4001': portOf(second),
    '127.0.0.1:4100': portOf(issuer),
    '127.0.0.1:4110': portOf(issuer),
  });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${folder}/${of};`,
  );
  const whole = [
    // The folder is this user's alone.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'daemon off;',
    `pid ${folder}/nginx.pid;`,
    'events { }',
    `http { access_log off; ${temporary.join(' ')}`,
    ours,
    '}',
  ];
  await Promise.all([
    writeFile(join(folder, 'public.pem'), server.certificate),
    writeFile(join(folder, 'public.key'), server.key, { mode: 0o600 }),
    writeFile(join(folder, 'nginx.conf'), whole.join('\n')),
  ]);
  configuration = ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')];
  const child = spawn(nginx, configuration, { stdio: 'inherit' });
  undo.push(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });
  await listens(child, join(folder, 'error.log'));
});

const agents: Agent[] = [];
undo.push(() => Promise.all(agents.map((agent) => agent.close())));

/** How to reach one of the names, which nginx alone knows here. */
const to = (name: string, credentials?: Credentials): Agent => {
  const { certificate: cert, key } = credentials ?? {};
  const agent = new Agent({
    connect: { ca, servername: name, checkServerIdentity: () => undefined, ...(cert ? { cert, key } : {}) },
  });
  agents.push(agent);
  return agent;
};

const ask = async (token: string, credentials?: Credentials, headers: Record<string, string> = {}) => {
  const answer = await federation.askAt(`https://127.0.0.1:${port}/graphql`, {
    query: '{ me { name } }',
    token,
    headers: { host: GATEWAY, ...headers },
    dispatcher: to(GATEWAY, credentials),
  });
  return answer.status === 200 ? answer.body.data : [answer.status, answer.body.errors?.[0]?.extensions.reason];
};
const SERVED = { me: { name: 'NAME' } };

const boundTo = ({ certificate }: Credentials): Promise<string> => {
  const digest = Buffer.from(new X509Certificate(certificate).fingerprint256.replaceAll(':', ''), 'hex');
  return federation.token('name', { cnf: { 'x5t#S256': digest.toString('base64url') } });
};

(nginx === undefined ? describe.skip : describe)('deploy/production/nginx.conf', () => {
  test('is accepted without a warning', async () => {
    const { stderr } = await promisify(execFile)(nginx ?? '', ['-t', ...configuration]);
    expect(stderr).toMatch(/syntax is ok[\s\S]*test is successful/);
    expect(stderr).not.toMatch(/\[(?:warn|error|emerg)\]/);
  });

  test('callers are answered, with a certificate or without, and the answer is signed still', async () => {
    const answer = await federation.askAt(`https://127.0.0.1:${port}/graphql`, {
      query: '{ __typename }',
      headers: { host: GATEWAY },
      dispatcher: to(GATEWAY),
    });
    expect(answer).toMatchObject({ status: 200, headers: { signature: expect.stringMatching(/^answer=:/) } });
    expect(await ask(await federation.token('name'))).toEqual(SERVED);
    expect(await ask(await federation.token('name'), others)).toEqual(SERVED);
  });

  test('a token bound to a certificate is taken from its holder alone, whatever a caller says in a header', async () => {
    const token = await boundTo(own);
    expect(await ask(token, own)).toEqual(SERVED);
    expect(await ask(await boundTo(others), others)).toEqual(SERVED);
    expect(await ask(token)).toEqual([401, 'certificate']);
    expect(await ask(token, others)).toEqual([401, 'certificate']);
    const forged = { 'client-cert': `:${new X509Certificate(own.certificate).raw.toString('base64')}:` };
    expect(await ask(token, undefined, forged)).toEqual([401, 'certificate']);
    expect(await ask(token, others, forged)).toEqual([401, 'certificate']);
    expect(await ask(token, own, { 'client-cert': 'x' })).toEqual(SERVED);
  });

  test('a body of the gateway’s own limit comes through, a larger one does not', async () => {
    const dispatcher = to(GATEWAY);
    const post = (size: number) => {
      const query = '{ __typename }';
      return request(`https://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { host: GATEWAY, 'content-type': 'application/json' },
        body: JSON.stringify({ query }).padEnd(size),
        dispatcher,
      }).then(async ({ statusCode, body }) => [statusCode, (await body.text()).slice(0, 8)]);
    };
    expect(await post(256 * 1024)).toEqual([200, '{"data":']);
    expect((await post(256 * 1024 + 1))[0]).toBe(413);
  });

  test('the issuer names its public addresses, whatever a caller says of them', async () => {
    const { body } = await request(`https://127.0.0.1:${port}/.well-known/openid-configuration`, {
      headers: { host: ISSUER, 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
      dispatcher: to(ISSUER),
    });
    const { issuer, token_endpoint } = (await body.json()) as Record<string, string>;
    expect([issuer, token_endpoint]).toEqual([`https://${ISSUER}`, `https://${ISSUER}/token`]);
  });

  test('where one of two gateways ends, the other one answers', async () => {
    await second.stop();
    const token = await federation.token('name');
    for (let asked = 0; asked < 4; asked++) expect(await ask(token)).toEqual(SERVED);
  });
});
