/**
 * What each bomb of test/attacks costs a gateway of its own process over HTTP, from its first byte to its answer:
 * milliseconds of processor time, seen first (every time under another text) and repeated.
 *
 *   npm run bench -w test -- bombs
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { bombs } from '../attacks/bombs.ts';
import { familyOf } from '../kit/proc.ts';
import { repository } from '../kit/process.ts';
import { startSmallFederation } from '../kit/small-federation.ts';
import { progress } from './figures.ts';

const ROUNDS = 20;
/** Milliseconds: what a bomb of 20,000 tokens may cost, and any other that is refused. */
const GOAL = 50;

const federation = await startSmallFederation({
  supergraph: readFileSync(join(repository, 'schema/supergraph.graphql'), 'utf8'),
  config: 'authorization: { unguarded: refuse }',
});
try {
  const token = await federation.token('citizens:basic:read citizens:family:read health:insurance:read');
  // Linux tells the processor time of another process in hundredths of a second; elsewhere the time of the clock has to do.
  const linux = process.platform === 'linux';
  const { pid = 0 } = federation.gateway.child;
  const now = (): number => (linux ? familyOf(pid).reduce((sum, { ticks }) => sum + ticks * 10, 0) : performance.now());

  const cost = async (texts: readonly string[]) => {
    const before = now();
    let status = 0;
    let code: unknown;
    for (const query of texts) {
      const answer = await federation.ask({ query, token });
      status = answer.status;
      code = answer.body.errors?.[0]?.extensions.code;
    }
    return { milliseconds: (now() - before) / texts.length, status, code };
  };

  // Warm: the first requests of a process pay for its start.
  for (const { query } of bombs) await federation.ask({ query: `${query} # warm`, token });

  process.stdout.write(`${linux ? 'ms of CPU' : 'ms'}: first   repeated   status   bytes\n`);
  for (const { name, query, code: expected } of bombs) {
    progress(name);
    const first = await cost(Array.from({ length: ROUNDS }, (_, n) => `${query} # ${n}`));
    const repeated = await cost(Array(ROUNDS).fill(query));
    progress('');
    const judged =
      expected === undefined ? ' ' : Math.max(first.milliseconds, repeated.milliseconds) <= GOAL ? '✓' : '✗';
    process.stdout.write(
      `${judged}${first.milliseconds.toFixed(1).padStart(15)}${repeated.milliseconds.toFixed(1).padStart(11)}${String(first.status).padStart(9)}${String(query.length).padStart(8)}   ${name}: ${expected === undefined ? 'answered' : first.code}\n`,
    );
  }
  process.stdout.write(`✓ refused for at most ${GOAL} ms\n`);
} finally {
  await federation.close();
}
