import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { testDatabase } from '@lienthong/kit/testing';
import { Agent, request } from 'undici';

import { type Running, repository, run, start } from '../kit/process.ts';

jest.setTimeout(60_000);

const COMMUNE = '{ commune(code: "21289") { name } }';
const SERVED = { data: { commune: { name: 'Xã Sơn Hà' } } };
/** Milliseconds that the department takes, so that requests are under way while something happens. */
const SLOW = 500;

let folder: string;
let sdl: string;
let department: Server;
let underWay = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-faults-'));
  sdl = await readFile(join(repository, 'schema/supergraph.graphql'), 'utf8');
  department = createServer((incoming, outgoing) => {
    incoming.resume();
    // The planner asks under a name of its own.
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    incoming.once('end', () => {
      underWay++;
      const key = /(\w+):\s*commune\(/.exec(text)?.[1] ?? 'commune';
      setTimeout(() => {
        underWay--;
        outgoing.end(JSON.stringify({ data: { [key]: SERVED.data.commune } }));
      }, SLOW);
    });
  }).listen(0, '127.0.0.1');
  await once(department, 'listening');
});
afterAll(async () => {
  department.closeAllConnections();
  department.close();
  await rm(folder, { recursive: true, force: true });
});

const supergraphFile = () => join(folder, 'supergraph.graphql');
const configFile = async (listen = 0, metrics: number | false = false): Promise<string> => {
  const file = join(folder, 'gateway.yaml');
  const { port } = department.address() as AddressInfo;
  const lines = [
    'environment: development',
    `listen: { port: ${listen} }`,
    `metrics: ${metrics === false ? 'false' : `{ port: ${metrics} }`}`,
    `supergraph: { file: ${supergraphFile()} }`,
    `departments: { citizens: { url: "http://127.0.0.1:${port}/graphql" } }`,
    'authentication: { issuers: [] }',
    'authorization: { unguarded: refuse }',
    'console: { enabled: false }',
  ];
  await writeFile(file, lines.join('\n'));
  return file;
};
const command = async (listen?: number, metrics?: number) => [
  'gateway/cli/bin/lienthong.js',
  'gateway',
  '--config',
  await configFile(listen, metrics),
];

describe('cannot start', () => {
  beforeEach(() => writeFile(supergraphFile(), sdl));

  const taken = async (act: (port: number) => Promise<void>) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      await act((other.address() as AddressInfo).port);
    } finally {
      other.close();
    }
  };

  test.each(['GraphQL', 'metrics'])('a taken port, of %s: both languages, exit 1', async (which) => {
    await taken(async (port) => {
      const ended = await run(await command(which === 'GraphQL' ? port : 0, which === 'GraphQL' ? 0 : port));
      expect([ended.code, ended.stdout]).toEqual([1, '']);
      expect(ended.stderr).toContain('Một cổng mạng đã có chương trình khác dùng');
      expect(ended.stderr).toContain('A port is taken by another program');
      expect(ended.stderr).toContain(String(port));
      expect(ended.stderr).not.toContain('    at ');
    });
  });

  test('a department whose port is taken: both languages, its variable, exit 1', async () => {
    const database = await testDatabase('taken');
    const keyFile = join(folder, 'province.key');
    await writeFile(keyFile, `k1.${Buffer.alloc(32, 1).toString('base64url')}\n`);
    try {
      await taken(async (port) => {
        const ended = await run(['--import', 'tsx', 'subgraphs/citizens/index.ts'], {
          CITIZENS_DATABASE_URL: database.url,
          CITIZENS_PORT: String(port),
          PROVINCE_KEY_FILE: keyFile,
          GATEWAY_JWKS: join(folder, 'jwks.json'),
        });
        expect([ended.code, ended.stdout]).toEqual([1, '']);
        expect(ended.stderr).toMatch(
          /đang có chương trình khác dùng.*CITIZENS_PORT.*\n.*Another program uses.*CITIZENS_PORT/,
        );
      });
    } finally {
      await database.drop();
    }
  });

  const broken: [string, string | undefined, RegExp][] = [
    ['no file', undefined, /there is no file .*supergraph\.graphql/],
    ['an empty file', '', /Syntax Error/],
    ['no SDL', 'this is no schema {', /Syntax Error/],
    ['a plain schema', 'type Query { a: String }', /@link|supergraph|core/],
    ['an authorization specification of an unknown version', '', /requiresScopes/],
  ];
  test.each(broken)('%s for a supergraph: exit 1 and why', async (what, text, why) => {
    const unknown = what.includes('unknown version');
    if (text === undefined) await rm(supergraphFile());
    else await writeFile(supergraphFile(), unknown ? sdl.replace('requiresScopes/v0.1', 'requiresScopes/v9.9') : text);
    const ended = await run([...(await command()), '--lang', 'en']);
    expect([ended.code, ended.stdout]).toEqual([1, '']);
    expect(ended.stderr.split('The reason:').at(-1)).toMatch(why);
    expect(ended.stderr).not.toContain('    at ');
  });
});

describe('while it serves', () => {
  let gateway: Running;
  beforeEach(async () => {
    await writeFile(supergraphFile(), sdl);
    gateway = await start(await command(), {});
  });
  afterEach(() => gateway.stop());

  const ask = async (query = COMMUNE, dispatcher?: Agent) => {
    const answer = await request(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      ...(dispatcher ? { dispatcher } : {}),
    });
    return { status: answer.statusCode, body: await answer.body.json() };
  };
  const many = (count: number) => Array.from({ length: count }, () => ask());
  /** Replaces the file as an editor or a deployment does: never half-written. */
  const deploy = async (text: string) => {
    await writeFile(`${supergraphFile()}.new`, text);
    await rename(`${supergraphFile()}.new`, supergraphFile());
  };
  const logged = async (message: string, times = 1) => {
    const deadline = Date.now() + 30_000;
    while (gateway.log().split(`"msg":"${message}"`).length - 1 < times) {
      if (Date.now() > deadline) throw new Error(`«${message}» was not logged: ${gateway.log()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  /** The same supergraph with one public field more that no department needs to know of. */
  const changed = () =>
    sdl.replace('  school(', '  newcomer: String @join__field(graph: CITIZENS) @tag(name: "public")\n  school(');
  const knowsNewcomer = async () => (await ask('{ __type(name: "Query") { fields { name } } }')).body;

  test.each(['a changed file', 'SIGHUP'])(
    'a broken supergraph by %s: the old one goes on serving, and a good one is taken',
    async (how) => {
      for (const text of ['type Query {', '', sdl.replace('requiresScopes/v0.1', 'requiresScopes/v9.9')].entries()) {
        await deploy(text[1]);
        if (how === 'SIGHUP') gateway.child.kill('SIGHUP');
        await logged('supergraph refused, the old one goes on serving', text[0] + 1);
        expect(await ask()).toEqual({ status: 200, body: SERVED });
      }
      await deploy(changed());
      if (how === 'SIGHUP') gateway.child.kill('SIGHUP');
      await logged('supergraph loaded');
      expect(JSON.stringify(await knowsNewcomer())).toContain('newcomer');
      expect(await ask()).toEqual({ status: 200, body: SERVED });
      expect(gateway.child.exitCode).toBeNull();
    },
  );

  test('requests under way lose nothing in reloads', async () => {
    await ask();
    const answers = many(25);
    for (const [index, text] of [changed(), sdl].entries()) {
      await deploy(text);
      gateway.child.kill('SIGHUP');
      answers.push(...many(25));
      await logged('supergraph loaded', index + 1);
      answers.push(...many(25));
    }
    for (const answer of await Promise.all(answers)) expect(answer).toEqual({ status: 200, body: SERVED });
  });

  test('SIGTERM lets requests under way end, takes no new ones, and ends with 0', async () => {
    await ask();
    const answers = many(20);
    while (underWay < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    const ended = once(gateway.child, 'exit');
    gateway.child.kill('SIGTERM');
    const signalled = performance.now();
    for (const answer of await Promise.all(answers)) expect(answer).toEqual({ status: 200, body: SERVED });
    expect(await ended).toEqual([0, null]);
    // Drained, not cut off when patience was over.
    expect(performance.now() - signalled).toBeLessThan(8_000);
    await expect(ask(COMMUNE, new Agent())).rejects.toThrow(/ECONNREFUSED/);
  });

  test('a client that holds its connection does not hold up the end', async () => {
    const dispatcher = new Agent({ keepAliveTimeout: 60_000 });
    await ask(COMMUNE, dispatcher);
    expect(await gateway.stop()).toBe(0);
    await dispatcher.close();
  });
});
