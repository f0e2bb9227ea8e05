import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { rounds, strikes } from './ledger-rounds.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
  },
});

// Ctrl-C ends it after the round that is under way: processes that were killed by halves would stay.
let interrupted = false;
process.on('SIGINT', () => {
  interrupted = true;
});

const begun = performance.now();
const struck = new Map<string, number>(strikes.map((strike) => [strike, 0]));
let broken = 0;
let last: object = {};
process.stdout.write(`seed ${values.seed}\n`);
for await (const round of rounds({ seed: values.seed, rounds: Number(values.rounds) })) {
  struck.set(round.strike, (struck.get(round.strike) ?? 0) + 1);
  broken += round.broken.length;
  last = round.seen;
  process.stdout.write(`${round.number} ${round.strike}: ${JSON.stringify(round.seen)}\n`);
  for (const each of round.broken) process.stdout.write(`  BROKEN ${each}\n`);
  if (interrupted) break;
}
process.stdout.write(`\n${[...struck].map(([strike, times]) => `${strike}: ${times}`).join('\n')}\n`);
process.stdout.write(`${JSON.stringify(last)}\n`);
process.stdout.write(`${broken} promises broken, ${Math.round((performance.now() - begun) / 1_000)} s\n`);
process.exitCode = broken === 0 ? 0 : 1;
