import { runCompose } from '@lienthong/schema/compose';

/** `lienthong compose`: the work and its report are the schema package's. */
export function compose(options: {
  readonly config: string;
  readonly out: string;
  readonly rules?: string;
  readonly api?: string;
  readonly previous?: string;
  readonly acknowledge?: readonly string[];
}): void {
  const { acknowledge = [], ...others } = options;
  const run = { ...others, acknowledged: acknowledge };
  process.exitCode = runCompose(run, {
    stderr: (line) => void process.stderr.write(`${line}\n`),
  });
}
