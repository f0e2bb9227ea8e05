/**
 * Our gateway, stock Apollo, Hive Gateway and two floors side by side (docs/benchmarks.md).
 *
 *   npm run bench -w test -- gateways [--only big,small] [--seconds 5] [--quick]
 */
import { changes, ratiosOf, readBaseline, writeBaseline } from './baseline.ts';
import { readOptions, USAGE } from './options.ts';
import { terminal } from './output.ts';
import { profileEngines } from './profile.ts';
import { runBenchmark } from './run.ts';

if (process.argv.includes('--help')) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const options = (() => {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(1);
  }
})();

if (options.profile) {
  await profileEngines(options, terminal);
  process.exit();
}
const { tables } = await runBenchmark(options, terminal);
const ratios = ratiosOf(tables);
if (options.baseline === 'write') {
  writeBaseline(ratios);
} else {
  const found = changes(readBaseline(), ratios);
  if (found.length > 0) terminal.print('\nagainst baseline.json, × floor with JSON\n');
  for (const { workload, engine, before, now, worse } of found) {
    terminal.print(
      `${worse ? '✗' : ' '} ${before.toFixed(2).padStart(7)} → ${now.toFixed(2).padStart(7)}  ${workload}, ${engine}\n`,
    );
  }
  if (options.baseline === 'check' && found.some(({ worse }) => worse)) process.exitCode = 1;
}
