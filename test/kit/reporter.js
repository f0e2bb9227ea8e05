import { writeSync } from 'node:fs';

const NOT_CHECKED = /^NOT CHECKED: .*$/gm;

/**
 * Ends the report with what a reader must know first: what this run could not check, and the count, alone on the last
 * line. A test that cannot check something here (no browser, say) writes a line `NOT CHECKED: …` to standard error.
 */
export default class Reporter {
  onRunStart() {
    this.notChecked = new Set();
    const write = process.stderr.write.bind(process.stderr);
    // What workers write arrives here too, through jest, whose own reporter takes this back when it has finished.
    process.stderr.write = (chunk, ...rest) => {
      for (const [line] of String(chunk).matchAll(NOT_CHECKED)) this.notChecked.add(line);
      return write(chunk, ...rest);
    };
  }

  /** @param {unknown} _contexts @param {Record<string, number>} results jest's AggregatedResult */
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = results;
    // A file that could not even be loaded holds no test that could fail, and is a failure all the same.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const skipped = numPendingTests + numTodoTests;
    const counts = `${numPassedTests} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
    const end = `\n${[...this.notChecked].map((line) => `${line}\n`).join('')}${counts}\n`;
    // Jest's own summary comes after every other reporter.
    process.once('exit', () => writeSync(process.stdout.fd, end));
  }
}
