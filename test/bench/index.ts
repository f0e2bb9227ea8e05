/**
 * Runs the benchmarks that are named, or all of them, one after another, each in a process of its own.
 *
 *   npm run bench                            every one
 *   npm run bench -w test -- authorize       one
 *   npm run bench -w test -- gateways --quick  one, with its own options
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Files of this folder, or folders with an `index.ts`. */
const BENCHMARKS = [
  'authorize',
  'disclosed',
  'identity',
  'hop',
  'bombs',
  'start',
  'tracing',
  'sharing',
  'evidence',
  'sizing',
  'ledger',
  'ledger-growth',
  'verify',
  'signing',
  'gateways',
];

const args = process.argv.slice(2);
const option = args.findIndex((arg) => arg.startsWith('-'));
const named = option < 0 ? args : args.slice(0, option);
const options = option < 0 ? [] : args.slice(option);
const unknown = named.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`there is no ${unknown.join(', ')}; there are ${BENCHMARKS.join(', ')}\n`);
  process.exit(1);
}

for (const name of named.length > 0 ? named : BENCHMARKS) {
  process.stdout.write(`\n${name}\n`);
  const file = fileURLToPath(new URL(name === 'gateways' ? './gateways/index.ts' : `./${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...options], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exitCode = 1;
}
