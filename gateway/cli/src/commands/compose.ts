import { runCompose } from '@lienthong/schema/compose';

/** `lienthong compose`: the work and its report are the schema package's. */
export async function compose(options: {
  readonly config: string;
  readonly out: string;
  readonly rules?: string;
  readonly api?: string;
}): Promise<void> {
  process.exitCode = await runCompose(options);
}
