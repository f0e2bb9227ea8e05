import { requestToken } from '@lienthong/issuer/client';
import { developmentRegistry } from '@lienthong/registry';
import { CommandError } from '../command-error.ts';
import { dataFolder } from '../up/folders.ts';
import { readState } from '../up/state.ts';

/** `lienthong token`: the token alone on stdout, so that `$(…)` can take it. */
export async function token(options: {
  readonly client: string;
  readonly scope?: string;
  readonly purpose?: string;
  readonly case?: string;
  readonly citizen?: string;
  readonly issuer?: string;
  readonly registry?: string;
}): Promise<void> {
  const { client, scope, purpose, citizen } = options;
  const answer = await requestToken({
    issuer: options.issuer ?? readState(dataFolder())?.urls.issuer ?? 'http://127.0.0.1:4100',
    registryFile: options.registry ?? developmentRegistry,
    client,
    ...(scope === undefined ? {} : { scope }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(citizen === undefined ? {} : { citizen }),
    ...(options.case === undefined ? {} : { caseId: options.case }),
  });
  if (!answer.ok) throw new CommandError(answer.code, answer.messages);
  process.stdout.write(`${answer.token}\n`);
}
