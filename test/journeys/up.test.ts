import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { repository as root } from '../kit/process.ts';
import { command, end, PATIENCE_MS, type Up, type UpState, until, ups } from '../kit/up.ts';

const { data, environment, start, close } = ups({}, { fresh: true });
afterAll(close);

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

const openPorts = async ({ ports }: UpState): Promise<readonly string[]> => {
  const open = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => ((await listens(port)) ? [name] : [])),
  );
  return open.flat().sort();
};

/** The request that `up` prints, run by a shell as if pasted. */
const paste = async (up: Up): Promise<unknown> => {
  const printed = /^curl[\s\S]*?^ {2}-d .*$/m.exec(up.stdout())?.[0];
  if (printed === undefined) throw new Error(`no request among:\n${up.stdout()}`);
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', printed], { cwd: root });
  return JSON.parse(stdout);
};

/** The commands of the README but for those that install and start, at the addresses of this run. */
const readmeCommands = ({ urls }: UpState): readonly string[] =>
  [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```sh\n([\s\S]+?)```/g)]
    .map(([, block = '']) => block)
    .filter((block) => !block.startsWith('npm '))
    .map((block, order) =>
      // That npx finds the command is shown by the first of them; each start of npx takes longer than most commands.
      (order === 0 ? block : block.replaceAll('npx lienthong', 'node_modules/.bin/lienthong'))
        .replaceAll('http://127.0.0.1:4000', new URL(urls.gateway).origin)
        .replaceAll('http://127.0.0.1:4100', urls.issuer),
    );

/** Runs commands as somebody in a checkout would, whose new files land elsewhere. */
const inCheckout = async (commands: string, { urls }: UpState): Promise<string> => {
  const checkout = mkdtempSync(join(tmpdir(), 'checkout-'));
  try {
    for (const name of ['docs', 'node_modules']) symlinkSync(join(root, name), join(checkout, name));
    const { stdout } = await promisify(execFile)('/bin/sh', ['-ec', commands], {
      cwd: checkout,
      env: { ...environment(), GATEWAY_URL: urls.gateway, ISSUER_URL: urls.issuer },
    });
    return stdout;
  } finally {
    rmSync(checkout, { recursive: true });
  }
};

const WHOLE_ANSWER = {
  data: {
    citizen: {
      fullName: 'Phạm Văn Hiếu',
      residence: { commune: { name: 'Xã Sơn Hà' } },
      insurance: { number: expect.any(String), validTo: '2026-12-31' },
      family: [
        { citizen: { fullName: 'Phạm Thị Mai', enrolments: [{ grade: 1, school: { name: expect.any(String) } }] } },
      ],
    },
    parcel: {
      area: 1050.5,
      uses: [
        { code: 'ONT', area: 200 },
        { code: 'CLN', area: 850.5 },
      ],
      encumbrances: [{ kind: 'MORTGAGE' }],
    },
  },
};

describe('lienthong up', () => {
  test(
    'answers over four departments, does what the README shows, outlives a killed one, and Ctrl-C leaves nothing',
    async () => {
      const up = await start();
      expect(await openPorts(up.state)).toEqual(Object.keys(up.state.ports).sort());
      expect((await fetch(up.state.urls.console)).headers.get('content-type')).toContain('text/html');
      expect(await paste(up)).toEqual(WHOLE_ANSWER);

      const said: string[] = [];
      for (const commands of readmeCommands(up.state)) said.push(await inCheckout(commands, up.state));
      const [answer, explanation, tokens, partners, evidence] = said;
      expect(JSON.parse(answer ?? '')).toMatchObject({ data: { citizen: { fullName: 'Phạm Văn Hiếu' } } });
      expect(explanation).toMatch(/Citizen\.ethnicity +citizen\.ethnicity +✗ +citizens:sensitive:read/);
      expect(tokens).toMatch(/^eyJ\S+\n\{"access_token":"eyJ/);
      expect(partners).toMatch(/right name: {3}true\nother accent: false\nbound to key: true\n✓ ngan-hang: suspended/);
      for (const client of ['ngan-hang', 'viettel']) expect(partners).toContain(`revoked client ${client} (`);

      expect(evidence).toMatch(/signature +HOLDS/);
      expect(evidence).toMatch(/ledger +lienthong\/ledger[\s\S]*Emergency accesses/);

      const second = await promisify(execFile)(process.execPath, [command, 'up'], { env: environment() }).catch(
        (error: { code: number; stderr: string }) => error,
      );
      expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('is already running') });

      process.kill(up.state.processes.land ?? 0, 'SIGKILL');
      await until(() => up.stderr().includes('land ended unexpectedly (SIGKILL)'));
      expect(await openPorts(up.state)).toEqual(expect.arrayContaining(['citizens', 'education', 'gateway', 'health']));
      await until(() => up.stderr().includes('land is back'));
      expect(await paste(up)).toEqual(WHOLE_ANSWER);

      up.process.kill('SIGINT');
      expect(await end(up.process, 'SIGINT')).toBe(0);
      expect(await openPorts(up.state)).toEqual([]);
      expect(existsSync(join(data, 'up.json'))).toBe(false);
    },
    // Each command of the README is a process of its own.
    2 * PATIENCE_MS,
  );

  test(
    'killed outright, leaves nothing for long, and starts again with its data',
    async () => {
      const first = await start();
      await end(first.process, 'SIGKILL');
      await until(async () => (await openPorts(first.state)).length === 0);

      const second = await start();
      expect(second.stderr()).not.toContain('seeding');
      expect(await paste(second)).toEqual(WHOLE_ANSWER);
      expect(await end(second.process, 'SIGTERM')).toBe(0);
      expect(await openPorts(second.state)).toEqual([]);
    },
    PATIENCE_MS,
  );
});
