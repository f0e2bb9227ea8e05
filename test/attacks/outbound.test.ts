import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { requestToken } from '@lienthong/issuer/client';
import { journeys } from '@lienthong/portal/journeys';
import { developmentRegistry } from '@lienthong/registry';

import { familyOf, programOf, socketsOf, staysHere } from '../kit/proc.ts';
import { repository, run } from '../kit/process.ts';

jest.setTimeout(180_000);

const guard = new URL('../kit/outbound-guard.mjs', import.meta.url).href;

let folder: string;
let log: string;
let up: ChildProcess | undefined;

/** Every process gets the guard, and what makes Apollo's libraries report to their vendor where they may. */
const environment = () => ({
  NODE_OPTIONS: `--import ${guard}`,
  OUTBOUND_LOG: log,
  LIENTHONG_DATA: join(folder, 'data'),
  APOLLO_KEY: 'service:lienthong:x',
  APOLLO_GRAPH_REF: 'lienthong@y',
  APOLLO_SCHEMA_REPORTING: 'true',
  APOLLO_TELEMETRY_DISABLED: '',
  LANG: 'C',
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienthong-outbound-'));
  log = join(folder, 'outbound.log');
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const lines = (kind: 'installed' | 'attempt'): readonly string[] =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${kind} `));

const stop = async (): Promise<void> => {
  if (up === undefined || up.exitCode !== null || up.signalCode !== null) return;
  const exit = once(up, 'exit');
  up.kill('SIGTERM');
  await exit;
};

const startUp = async (): Promise<ChildProcess> => {
  const command = join(repository, 'gateway/cli/bin/lienthong.js');
  const child = spawn(process.execPath, [command, 'up', '--ports', 'auto', '--citizens', '50'], {
    cwd: repository,
    env: { ...process.env, ...environment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  up = child;
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  await new Promise<void>((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('Ctrl-C')) resolve();
    });
    child.once('exit', () => reject(new Error(`up ended:\n${errors}`)));
  });
  return child;
};

interface State {
  readonly urls: {
    readonly gateway: string;
    readonly console: string;
    readonly metrics: string;
    readonly issuer: string;
  };
  readonly processes: Readonly<Record<string, number>>;
}

const attempts: readonly (readonly [string, string])[] = [
  ['connect', "import net from 'node:net'; net.connect(9, '192.0.2.1').on('error', () => {})"],
  ['connect', "import { connect } from 'node:tls'; connect({ port: 9, host: '192.0.2.1' }).on('error', () => {})"],
  ['connect', "await fetch('http://192.0.2.1/').catch(() => {})"],
  ['connect', "import { get } from 'node:http'; get('http://example.invalid/').on('error', () => {})"],
  ['connect', "import { get } from 'node:http'; get('http://192.0.2.1/').on('error', () => {})"],
  ['connect', "import { connect } from 'node:http2'; connect('http://192.0.2.1').on('error', () => {})"],
  ['lookup', "import { lookup } from 'node:dns'; lookup('example.invalid', () => {})"],
  ['lookup', "import { lookup } from 'node:dns/promises'; await lookup('example.invalid')"],
  ['resolveTxt', "import { Resolver } from 'node:dns'; new Resolver().resolveTxt('example.invalid', () => {})"],
  ['send', "import { createSocket } from 'node:dgram'; createSocket('udp4').send('x', 9, '192.0.2.1')"],
];

test.each(attempts)('the guard notices %s: %s', async (what, script) => {
  const file = join(folder, `${attempts.findIndex(([, other]) => other === script)}.log`);
  await run(['--import', guard, '--input-type=module', '-e', script], { OUTBOUND_LOG: file });
  const target = script.includes('192.0.2.1') ? '192.0.2.1' : 'example.invalid';
  expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^installed (\\d+)\\nattempt \\1 ${what} ${target}\\n`));
});

test('the guard lets loopback pass', async () => {
  const file = join(folder, 'loopback.log');
  const script = `
    import { createServer } from 'node:http';
    const server = createServer((_, answer) => answer.end('here')).listen(0, '127.0.0.1', async () => {
      for (const host of ['127.0.0.1', 'localhost'])
        console.log(await fetch('http://' + host + ':' + server.address().port).then((answer) => answer.text(), String));
      server.closeAllConnections();
      server.close();
    });`;
  const { stdout } = await run(['--import', guard, '--input-type=module', '-e', script], { OUTBOUND_LOG: file });
  expect(stdout).toContain('here');
  expect(readFileSync(file, 'utf8')).toMatch(/^installed \d+\n$/);
});

test('nothing of the product reaches beyond loopback, from its start to its end', async () => {
  const { pid = 0 } = await startUp();
  const state: State = JSON.parse(readFileSync(join(folder, 'data', 'up.json'), 'utf8'));
  const { gateway, metrics, issuer } = state.urls;

  const askJourneys = async (): Promise<void> => {
    for (const { query, variables, client, purpose } of journeys) {
      const issued = await requestToken({ issuer, registryFile: developmentRegistry, client, purpose });
      if (!issued.ok) throw new Error(issued.messages.en);
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${issued.token}` };
      const answer = await fetch(gateway, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      expect(answer.status).toBe(200);
    }
  };
  await askJourneys();
  expect((await fetch(state.urls.console)).status).toBe(200);
  expect(await (await fetch(metrics)).text()).toContain('# HELP');
  const token = await run(['gateway/cli/bin/lienthong.js', 'token', '--client', 'mot-cua'], environment());
  expect(token.code).toBe(0);
  process.kill(state.processes.gateway ?? 0, 'SIGHUP');
  await askJourneys();

  if (process.platform === 'linux') {
    const family = familyOf(pid).map((row) => row.pid);
    const sockets = socketsOf(family);
    expect(sockets.some((socket) => programOf(socket.pid).startsWith('postgres'))).toBe(true);
    // A socket that listens has no peer, and must not be open to others either.
    const abroad = sockets.filter(
      ({ local, remote }) => !staysHere(local) || !(staysHere(remote) || remote.endsWith(':0000')),
    );
    expect(abroad).toEqual([]);
    const nodes = family.filter((member) => programOf(member) === 'node');
    expect(lines('installed')).toEqual(expect.arrayContaining(nodes.map((member) => `installed ${member}`)));
    expect(nodes.length).toBeGreaterThanOrEqual(7);
  } else {
    process.stderr.write('NOT CHECKED: the sockets of PostgreSQL (outbound); only Linux shows them.\n');
  }
  const processes = [pid, ...Object.values(state.processes)];
  expect(lines('installed')).toEqual(expect.arrayContaining(processes.map((member) => `installed ${member}`)));

  await stop();
  expect(lines('attempt')).toEqual([]);
});
