/**
 * The engines that departments' faults are tried with: the default one, and with `ALL_ENGINES=1` the reference engine too,
 * which takes two minutes more. Both are compared over failing departments in every run (test/fuzz).
 */
export const engines: readonly string[] = process.env.ALL_ENGINES ? ['compiled', 'apollo'] : ['compiled'];

if (!process.env.ALL_ENGINES) {
  process.stderr.write('NOT CHECKED: each fault of a department with the reference engine: ALL_ENGINES=1 npm test\n');
}
