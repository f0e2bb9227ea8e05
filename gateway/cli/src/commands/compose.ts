import { runCompose } from '@lienthong/schema/compose';

/** `lienthong compose`: the work and its report are the schema package's. */
export function compose(options: {
  readonly config: string;
  readonly out: string;
  readonly rules?: string;
  readonly api?: string;
}): void {
  process.exitCode = runCompose(options, {
    stderr: (line) => void process.stderr.write(`${line}\n`),
  });
}
