import { parseArgs } from 'node:util';

import { describeFailure } from './describe.ts';
import { describeDisclosure, noDisclosures, runDisclosures } from './disclosed.ts';
import { noFigures, replay, run } from './run.ts';

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '200000' },
    seed: { type: 'string', default: String(Date.now()) },
    'per-schema': { type: 'string', default: '500' },
    failures: { type: 'string', default: '1' },
    engines: { type: 'string', default: '0' },
    disclosed: { type: 'string', default: '0' },
    only: { type: 'string' },
  },
});

const { seed } = values;
const plan = {
  seed,
  operations: Number(values.operations),
  perSchema: Number(values['per-schema']),
  engines: Number(values.engines),
};
const figures = noFigures();
const disclosures = noDisclosures();
/** Operations of which it is asked whose data they disclose; those of the other kind are then left out. */
const disclosed = Number(values.disclosed);
const started = Date.now();
let failures = 0;

const progress = (): void => {
  const seconds = Math.round((Date.now() - started) / 1_000);
  if (disclosed > 0) {
    console.error(`${disclosures.operations}/${disclosed} operations, ${disclosures.pairs} pairs`);
    return;
  }
  const { operations, schemas, denials, calls } = figures;
  console.error(
    `${operations}/${plan.operations} operations, ${schemas} schemas, ${denials} denials, ${calls} calls, ${seconds} s`,
  );
};
const ticking = setInterval(progress, 5_000);

console.error(`seed ${plan.seed}`);
if (disclosed > 0) {
  const asked = { seed, operations: disclosed, perSchema: 100, compared: Math.ceil(disclosed / 4) };
  for await (const failure of runDisclosures(asked, disclosures)) {
    failures++;
    console.log(describeDisclosure(failure));
    if (failures >= Number(values.failures)) break;
  }
  clearInterval(ticking);
  console.log(JSON.stringify({ seed, ...disclosures, failures }));
  process.exit(failures === 0 ? 0 : 1);
}
const found = values.only === undefined ? run(plan, figures) : replay(plan.seed, values.only, plan.perSchema);
for await (const failure of found) {
  failures++;
  console.log(await describeFailure(failure, plan));
  if (failures >= Number(values.failures)) break;
}
clearInterval(ticking);
progress();
console.log(
  JSON.stringify({ seed: plan.seed, ...figures, refusedSchemas: Object.fromEntries(figures.refusedSchemas), failures }),
);
process.exit(failures === 0 ? 0 : 1);
