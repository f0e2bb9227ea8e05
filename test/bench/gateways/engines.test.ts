import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { OURS } from './engines.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('our gateway is measured with the memory that its unit of systemd gives it', () => {
  const unit = read('deploy/production/systemd/lienthong-gateway@.service');
  const [, flags = ''] = /^ExecStart=\S+\/node (.*) gateway\/cli\/bin\/lienthong\.js gateway/m.exec(unit) ?? [];
  expect(flags.split(' ')).toEqual(OURS.nodeOptions);
  const variables = [...unit.matchAll(/^Environment=(MALLOC_.*)$/gm)].flatMap(([, line = '']) => line.split(' '));
  expect(Object.fromEntries(variables.map((variable) => variable.split('=')))).toEqual(OURS.env);
});

test.each(['gateway/cli/src/up/specs.ts', 'docs/sizing.md'])('%s says the same', (path) => {
  const text = read(path);
  for (const flag of OURS.nodeOptions) expect(text).toContain(flag);
  for (const [name, value] of Object.entries(OURS.env)) expect(text).toMatch(new RegExp(`${name}(?:=|: ')${value}\\b`));
});
