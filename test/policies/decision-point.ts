import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { DecisionPointAnswer } from './model.ts';

/** A policy decision point (OPA's Data API) that says what the case at hand tells it to. */
export interface DecisionPoint {
  readonly url: string;
  /** Every policy it was asked for since the last `says`. */
  readonly asked: readonly string[];
  says(answer: DecisionPointAnswer): void;
  close(): Promise<void>;
}

export const startDecisionPoint = async (): Promise<DecisionPoint> => {
  let current: DecisionPointAnswer = { kind: 'broken' };
  const asked: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: { policies: string[] } };
    asked.push(...input.policies);
    const said = current;
    if (said.kind === 'late') return;
    const [status, body] = said.kind === 'result' ? [200, { result: said.result }] : [500, {}];
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/data/province`,
    asked,
    says(answer) {
      current = answer;
      asked.length = 0;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
