import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const command = fileURLToPath(new URL('../../bin/lienthong.js', import.meta.url));
const supergraph = fileURLToPath(new URL('../../../../schema/supergraph.graphql', import.meta.url));
const SECONDS = 1_000;

let folder: string;
const started: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-'));
});

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const run = (yaml: string) => {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, yaml);
  const child = spawn(process.execPath, [command, 'gateway', '--config', file], {
    env: { ...process.env, LANG: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
      if (output.stdout.includes('\n')) resolve();
    });
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, file, output, ready: Promise.race([ready, exit]), exit };
};

test(
  'a bad configuration: exit 1, with file, line, key and suggestion on stderr, nothing on stdout',
  async () => {
    const { exit, file, output } = run(
      `environment: development\nsupergraph: { file: ${supergraph} }\nlisten:\n  prot: 0`,
    );
    expect(await exit).toBe(1);
    expect(output).toEqual({
      stdout: '',
      stderr: `${file}:4 listen.prot: there is no such key. The keys here: host, port, tls, clientCertificate. Did you mean "port"? [CONFIG_UNKNOWN_KEY]\n`,
    });
  },
  30 * SECONDS,
);

test.each(['SIGTERM', 'SIGINT'] as const)(
  'serves, says so in one line, survives SIGHUP and ends with 0 on %s',
  async (signal) => {
    const { child, exit, output, ready } = run(
      `environment: development\nsupergraph: { file: ${supergraph} }\nlisten: { port: 0 }\nmetrics: false\nlogging: { level: silent }\n`,
    );
    await ready;
    const url = /^ready (http:\/\/127\.0\.0\.1:\d+\/graphql)\n$/.exec(output.stdout)?.[1];
    expect([url, output.stderr]).toEqual([expect.any(String), expect.any(String)]);
    const ask = () =>
      fetch(url ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ __typename }"}',
      }).then((response) => response.json());
    expect(await ask()).toEqual({ data: { __typename: 'Query' } });
    child.kill('SIGHUP');
    expect(await ask()).toEqual({ data: { __typename: 'Query' } });
    child.kill(signal);
    expect(await exit).toBe(0);
  },
  30 * SECONDS,
);
