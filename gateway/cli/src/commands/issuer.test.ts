import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createProgram } from '../program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'issuer-command-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...line: string[]) => createProgram('en').parseAsync(['issuer', ...line], { from: 'user' });
const kids = (file: string): Record<string, string> =>
  Object.fromEntries(
    JSON.parse(readFileSync(file, 'utf8')).keys.map(({ state, kid }: Record<string, string>) => [state, kid]),
  );

test('keys are made once, and rotated when they leaked', async () => {
  const file = join(folder, 'keys.json');
  await run('make-keys', '--keys', file);
  const made = kids(file);
  await run('make-keys', '--keys', file);
  expect(kids(file)).toEqual(made);
  await expect(run('rotate-key', '--keys', file)).rejects.toMatchObject({ code: 'KEY_TOO_NEW' });
  await run('rotate-key', '--keys', file, '--compromised');
  expect(kids(file)).toMatchObject({ current: made.next });
});

test('there must be keys to rotate', async () => {
  await expect(run('rotate-key', '--keys', join(folder, 'none'))).rejects.toMatchObject({ code: 'KEYS_MISSING' });
});
