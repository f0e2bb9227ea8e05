/**
 * Our gateway of two revisions, side by side in one run, with the floors.
 *
 *   npm run bench:compare -- main~5 .  [--only big] [--quick]
 *
 * `.` is the working tree. The departments, the load and the queries are those of the working tree for both.
 */
import { ENGINES } from './callers.ts';
import { floors, oursOf } from './engines.ts';
import { readOptions, USAGE } from './options.ts';
import { terminal } from './output.ts';
import { checkOut, type Revision, WORKING_TREE } from './revisions.ts';
import { runBenchmark } from './run.ts';

const [one, another = WORKING_TREE, ...rest] = process.argv.slice(2);
if (one === undefined || one.startsWith('-') || another.startsWith('-')) {
  process.stderr.write(`npm run bench:compare -- REVISION REVISION [options]\n${USAGE}`);
  process.exit(1);
}

const revisions: Revision[] = [];
const remove = (): void => {
  for (const revision of revisions) revision.remove();
};
process.once('exit', remove);
try {
  for (const name of [one, another]) revisions.push(checkOut(name));
  const engines = revisions.flatMap(({ name, folder }) => ENGINES.map((engine) => oursOf(engine, name, folder)));
  const { tables } = await runBenchmark(readOptions(rest), terminal, [...engines, ...floors]);
  const [before = '', after = ''] = revisions.map(({ name }) => name);
  terminal.print(`\nCPU per request, ${after} against ${before}: the ratio of ratios to the floor with JSON\n`);
  for (const [title, rows] of Object.entries(tables)) {
    for (const engine of ENGINES) {
      const ratio = (revision: string): number =>
        rows.find((row) => row.engine === oursOf(engine, revision).name)?.ratio.median ?? Number.NaN;
      const change = ratio(after) / ratio(before);
      if (Number.isFinite(change)) terminal.print(`${change.toFixed(2).padStart(6)}  ${title}, ${engine}\n`);
    }
  }
} finally {
  remove();
}
