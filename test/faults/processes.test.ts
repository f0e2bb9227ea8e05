import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Agent } from 'undici';

import type { HttpAnswer } from '../kit/http.ts';
import { logged, run } from '../kit/process.ts';
import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(120_000);

const QUERY = '{ nick }';
const DATA = { nick: 'NICK' };
/** Milliseconds that the department takes while a test makes it slow. */
let slow = 0;

const people = {
  sdl: `${LINK} type Query { nick: String @tag(name: "public")  name: String @requiresScopes(scopes: [["name"]]) }`,
  root: {
    nick: async () => {
      await wait(slow);
      return DATA.nick;
    },
    name: () => 'NAME',
  },
};

let folder: string;
let federation: SmallFederation;
let metricsUrl: string;
let sdl: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-processes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  slow = 0;
});

const federate = async (): Promise<SmallFederation> => {
  const port = await freePort();
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  return startSmallFederation({
    departments: { people },
    config: `processes: 2\nstate: { file: ${join(folder, 'revoked.json')} }\n`,
    metricsPort: port,
  });
};
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

interface Line {
  readonly msg: string;
  readonly pid: number;
  readonly status?: number;
}
const lines = (): readonly Line[] =>
  federation.gateway
    .log()
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
/** The processes that have said so, each once, in that order. */
const pidsOf = (msg: string): readonly number[] => [
  ...new Set(lines().flatMap((line) => (line.msg === msg ? [line.pid] : []))),
];

/** Each over a connection of its own: which process answers is settled when a connection is made. */
const ask = async (question: { query?: string; token?: string } = {}): Promise<HttpAnswer> => {
  const dispatcher = new Agent();
  try {
    return await federation.ask({ query: QUERY, ...question, dispatcher });
  } finally {
    await dispatcher.destroy();
  }
};
const many = (count: number) => Array.from({ length: count }, () => ask());
const metrics = async (): Promise<string> => (await fetch(metricsUrl)).text();
const numberOf = (text: string, name: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1] ?? Number.NaN,
  );
const ANSWERED = 'lienthong_request_duration_seconds_count{status="200"}';

describe('two processes behind one port', () => {
  beforeAll(async () => {
    federation = await federate();
    sdl = await readFile(federation.supergraphFile, 'utf8');
  });
  afterAll(() => federation.close());

  test('both serve, `ready` is said when they do, and the first process serves nothing itself', async () => {
    const serving = pidsOf('listening');
    expect(serving).toHaveLength(2);
    expect(serving).not.toContain(federation.gateway.child.pid);
    for (const { status, body } of await Promise.all(many(20))) expect([status, body.data]).toEqual([200, DATA]);
    await logged(federation.gateway, '"msg":"request"', 20);
    expect([...pidsOf('request')].sort()).toEqual([...serving].sort());
  });

  test('metrics are those of both together', async () => {
    const before = numberOf(await metrics(), ANSWERED);
    await Promise.all(many(10));
    const text = await metrics();
    expect(numberOf(text, ANSWERED)).toBe(before + 10);
    expect(numberOf(text, 'lienthong_processes')).toBe(2);
    expect(numberOf(text, 'lienthong_department_circuit{department="people"}')).toBe(0);
  });

  test('SIGHUP reaches both', async () => {
    await writeFile(federation.supergraphFile, 'type Query {');
    federation.gateway.child.kill('SIGHUP');
    await logged(federation.gateway, 'supergraph refused, the old one goes on serving', 2);
    expect(pidsOf('supergraph refused, the old one goes on serving')).toHaveLength(2);
    expect((await ask()).status).toBe(200);
    await writeFile(federation.supergraphFile, sdl);
  });

  test('what is revoked is refused by both', async () => {
    const token = await federation.token('name', { jti: 'revoked-in-both' });
    const served = async () => (await ask({ query: '{ name }', token })).status;
    expect(await Promise.all(Array.from({ length: 4 }, served))).toEqual([200, 200, 200, 200]);
    const command = ['gateway/cli/bin/lienthong.js', 'revoke', '--config', federation.configFile];
    expect((await run([...command, '--jti', 'revoked-in-both'])).code).toBe(0);
    const deadline = Date.now() + 10_000;
    for (;;) {
      // Connections go round: eight in a row are four of each.
      const answers = [];
      for (let n = 0; n < 8; n += 1) answers.push(await served());
      if (answers.every((status) => status === 401)) break;
      if (Date.now() > deadline) throw new Error(`still ${answers}`);
    }
  });

  test('one is killed under load: at most the requests that it held are lost, and it comes back', async () => {
    const [victim = 0, survivor] = pidsOf('listening');
    slow = 1_000;
    const calls = federation.calls.length;
    const counted = numberOf(await metrics(), ANSWERED);
    const asked = many(40).map((answer) =>
      answer
        .then(({ status, body }) => (status === 200 && body.data ? 'answered' : String(status)))
        .catch(() => 'lost'),
    );
    while (federation.calls.length < calls + 40) await wait(10);
    process.kill(victim, 'SIGKILL');
    await logged(federation.gateway, '"msg":"a process ended');
    const during = await Promise.all(many(10));
    const outcomes = await Promise.all(asked);
    for (const { status, body } of during) expect([status, body.data]).toEqual([200, DATA]);
    expect(new Set(outcomes)).toEqual(new Set(['answered', 'lost']));
    const answered = outcomes.filter((outcome) => outcome === 'answered').length;
    slow = 0;
    await logged(federation.gateway, '"msg":"a process serves again"');
    const [, , newcomer] = pidsOf('listening');
    expect([victim, survivor]).not.toContain(newcomer);
    for (const { status } of await Promise.all(many(10))) expect(status).toBe(200);
    await logged(federation.gateway, `"pid":${newcomer},"hostname"`, 2);
    const text = await metrics();
    expect([numberOf(text, 'lienthong_processes'), numberOf(text, 'lienthong_process_restarts_total')]).toEqual([2, 1]);
    // What the dead one had counted when it was last read is not taken back.
    expect(numberOf(text, ANSWERED)).toBe(counted + answered + 20);
  });

  test('a connection that was being handed to a process when it died is closed, not forgotten', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const outcomes = Promise.all(many(60).map((answer) => answer.then(({ status }) => status).catch(() => 'lost')));
      await wait(round);
      process.kill(pidsOf('listening').at(-1) ?? 0, 'SIGKILL');
      // Each of them is told how it ended: none waits for ever.
      for (const outcome of await outcomes) expect([200, 'lost']).toContain(outcome);
      await logged(federation.gateway, '"msg":"a process serves again"', 1 + round);
      // It says so itself too, and nobody promises in which order the lines of two processes come.
      await logged(federation.gateway, '"msg":"listening"', 3 + round);
    }
  });

  test('a restarted process has the configuration of all, whatever the file says by now', async () => {
    await writeFile(federation.configFile, 'nonsense: true');
    const [, survivor = 0] = pidsOf('listening');
    process.kill(survivor, 'SIGTERM');
    await logged(federation.gateway, '"msg":"a process serves again"', 5);
    for (const { status } of await Promise.all(many(10))) expect(status).toBe(200);
  });

  test('SIGTERM lets all of them finish, and ends with 0', async () => {
    slow = 1_000;
    const calls = federation.calls.length;
    const asked = many(10);
    while (federation.calls.length < calls + 10) await wait(10);
    const ended = once(federation.gateway.child, 'exit');
    federation.gateway.child.kill('SIGTERM');
    for (const { status, body } of await Promise.all(asked)) expect([status, body.data]).toEqual([200, DATA]);
    expect(await ended).toEqual([0, null]);
    await expect(ask()).rejects.toThrow(/ECONNREFUSED/);
    for (const pid of pidsOf('listening')) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});

test('what keeps the processes from starting is said once, and the exit code is 1', async () => {
  const file = join(folder, 'gateway.yaml');
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  try {
    await writeFile(join(folder, 'supergraph.graphql'), sdl);
    await writeFile(
      file,
      `environment: development\nsupergraph: { file: ./supergraph.graphql }\nprocesses: 3\nlisten: { port: ${port} }\nmetrics: false\ninternalToken: { keyFile: ./key.pem }`,
    );
    const ended = await run(['gateway/cli/bin/lienthong.js', 'gateway', '--config', file, '--lang', 'en']);
    expect([ended.code, ended.stdout]).toEqual([1, '']);
    expect(ended.stderr.split('A port is taken by another program')).toHaveLength(2);
  } finally {
    other.close();
  }
});
