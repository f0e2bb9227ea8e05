/**
 * Runs the benchmarks that are named, or all of them, one after another, each in a process of its own.
 *
 *   npm run bench                            every one
 *   npm run bench -w test -- authorize       one
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const BENCHMARKS = ['authorize', 'bombs', 'start'];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`there is no ${unknown.join(', ')}; there are ${BENCHMARKS.join(', ')}\n`);
  process.exit(1);
}

for (const name of named.length > 0 ? named : BENCHMARKS) {
  process.stdout.write(`\n${name}\n`);
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const [code] = await once(spawn(process.execPath, ['--import', 'tsx', file], { stdio: 'inherit' }), 'exit');
  if (code !== 0) process.exitCode = 1;
}
