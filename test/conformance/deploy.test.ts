import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '@lienthong/server';
import { calculateJwkThumbprint, exportPKCS8, generateKeyPair } from 'jose';

import { certificateAuthority } from '../kit/certificates.ts';
import { repository, run } from '../kit/process.ts';

const production = join(repository, 'deploy/production');
const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

let machine: string;

/** What stands in /etc/lienthong of a gateway's machine, with keys of this test. */
beforeAll(async () => {
  machine = mkdtempSync(join(tmpdir(), 'deploy-'));
  cpSync(production, machine, { recursive: true });
  const yaml = join(machine, 'gateway.yaml');
  writeFileSync(yaml, readFileSync(yaml, 'utf8').replaceAll('/etc/lienthong', machine));
  cpSync(join(repository, 'schema/supergraph.graphql'), join(machine, 'supergraph.graphql'));
  const authority = await certificateAuthority('tinh');
  const { certificate, key } = await authority.issue('gateway', 'client');
  mkdirSync(join(machine, 'tls'));
  for (const [name, text] of Object.entries({
    'ca.pem': authority.certificate,
    'gateway.pem': certificate,
    'gateway.key': key,
  }))
    writeFileSync(join(machine, 'tls', name), text);
});

afterAll(() => rmSync(machine, { recursive: true }));

/** The variables that a file for systemd sets. */
const namesIn = (file: string): string[] => [...read(file).matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);

const valuesFor = (file: string): Record<string, string> =>
  Object.fromEntries(namesIn(file).map((name) => [name, 'bi-mat']));

describe('deploy/production', () => {
  test('gateway.yaml is accepted with the variables of gateway.env; it names every department and keeps a ledger', () => {
    const { config, warnings } = loadConfig(join(machine, 'gateway.yaml'), valuesFor('deploy/production/gateway.env'));
    expect(warnings).toEqual([]);
    expect(config.environment).toBe('production');
    expect(Object.keys(config.departments).sort()).toEqual(readDepartments());
  });

  test('gateway.yaml lacks no variable that gateway.env leaves out', () => {
    expect(() => loadConfig(join(machine, 'gateway.yaml'), {})).toThrow(/REDIS_PASSWORD/);
  });

  test("what the gateway's unit overrides for each process are settings", () => {
    const unit = read('deploy/production/systemd/lienthong-gateway@.service').replaceAll('%i', '4001');
    const overrides = Object.fromEntries(
      [...unit.matchAll(/(LIENTHONG_[A-Z_]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const { config } = loadConfig(join(machine, 'gateway.yaml'), {
      ...valuesFor('deploy/production/gateway.env'),
      ...overrides,
    });
    expect(config).toMatchObject({
      listen: { port: 4001 },
      metrics: { port: 14001 },
      state: { copy: '/var/lib/lienthong/revocations-4001.jsonl' },
    });
  });

  test.each([
    ['issuer.env', ['gateway/issuer/README.md'], ''],
    ['citizens.env', ['subgraphs/kit/README.md'], 'CITIZENS_'],
    ['disclosures.env', ['subgraphs/kit/README.md', 'subgraphs/disclosures/README.md'], 'DISCLOSURES_'],
  ])('%s sets only variables that %s tells of', (file, pages, prefix) => {
    const told = pages.map(read).join('\n');
    const unknown = namesIn(`deploy/production/${file}`).filter(
      (name) => !told.includes(`\`${prefix === '' ? name : name.replace(prefix, 'LIBRARY_')}\``),
    );
    expect(unknown).toEqual([]);
  });

  test('docs/examples/gateway-jwks.mjs prints the public half of each key, by the name that the gateway gives it', async () => {
    const files = await Promise.all(
      ['now.pem', 'next.pem'].map(async (name) => {
        const { privateKey } = await generateKeyPair('ES256', { extractable: true });
        writeFileSync(join(machine, name), await exportPKCS8(privateKey));
        return join(machine, name);
      }),
    );
    const { stdout } = await run(['docs/examples/gateway-jwks.mjs', ...files]);
    const { keys } = JSON.parse(stdout) as { keys: Record<string, string>[] };
    expect(keys.map((key) => Object.keys(key).sort())).toEqual(
      files.map(() => ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']),
    );
    for (const key of keys) expect(await calculateJwkThumbprint(key)).toBe(key.kid);
  });

  test('units start what is there', () => {
    const units = readdirSync(join(production, 'systemd'));
    const started = units.flatMap((unit) =>
      [...read(`deploy/production/systemd/${unit}`).matchAll(/^ExecStart=.* ((?:gateway|subgraphs)\/\S+)/gm)].map(
        ([, file = '']) => file.replace('%i', 'citizens'),
      ),
    );
    expect(started.map((file) => [file, read(file) !== ''])).toEqual([
      ['gateway/cli/bin/lienthong.js', true],
      ['subgraphs/citizens/index.ts', true],
      ['gateway/cli/bin/lienthong.js', true],
      ['gateway/issuer/src/main.ts', true],
      ['gateway/cli/bin/lienthong.js', true],
    ]);
  });
});

test('every unit finds the environment that it names, and every timer its service', () => {
  const units = readdirSync(join(production, 'systemd'));
  const files = readdirSync(production);
  for (const unit of units) {
    for (const [, name = ''] of read(`deploy/production/systemd/${unit}`).matchAll(/^EnvironmentFile=.*\/(\S+)$/gm)) {
      expect([unit, files.includes(name.replace('%i', 'citizens'))]).toEqual([unit, true]);
    }
    if (unit.endsWith('.timer')) expect(units).toContain(unit.replace('.timer', '.service'));
  }
});

const readDepartments = (): string[] =>
  [...read('schema/departments.yaml').matchAll(/^ {2}(\w+): *$|^ {2}(\w+): *\{/gm)]
    .map(([, block, flow]) => block ?? flow ?? '')
    .sort();
