import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Problem, refusal } from '../admission/refusal.ts';
import { type ComposeOptions, compose } from './compose.ts';
import { rulesJson } from './rules-json.ts';

/** Options of `lienthong compose`. */
export interface RunOptions extends ComposeOptions {
  /** Where the supergraph goes. */
  readonly out: string;
  /** Where the rules go, as JSON. */
  readonly rules?: string;
  /** Where the schema goes that callers see. */
  readonly api?: string;
}

/** Where the command's lines go: errors and warnings. Success is silent. */
export interface ComposeIo {
  stderr(line: string): void;
}

/**
 * The command `lienthong compose`: prints errors as `CODE message`, one per line, and returns the exit code. On any error
 * nothing is written; a file appears whole or not at all, because a gateway may be watching it.
 */
export function runCompose({ out, rules, api, ...options }: RunOptions, io: ComposeIo): number {
  const composition = compose(options);
  for (const warning of composition.warnings) io.stderr(`warning ${lineOf(warning)}`);
  if (!composition.ok) {
    for (const error of composition.errors) io.stderr(lineOf(error));
    return 1;
  }
  const files: readonly [string | undefined, () => string][] = [
    [rules, () => rulesJson(composition.rules)],
    [api, () => composition.api],
    [out, () => composition.supergraph],
  ];
  return writeAll(
    files.flatMap(([path, text]) => (path === undefined ? [] : [{ path, text: text() }])),
    io,
  );
}

/** Everything is written beside its place first and moved when all of it is there. */
function writeAll(files: readonly { path: string; text: string }[], io: ComposeIo): number {
  const prepared: string[] = [];
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(path), { recursive: true });
      prepared.push(`${path}.new`);
      writeFileSync(`${path}.new`, text);
    }
    for (const { path } of files) renameSync(`${path}.new`, path);
    return 0;
  } catch (error) {
    for (const path of prepared) rmSync(path, { force: true });
    const why = String(error);
    const vi = `không ghi được tệp (${why}); kiểm tra đường dẫn và quyền ghi`;
    const en = `cannot write the files (${why}); check the paths and the permission to write`;
    io.stderr(lineOf(refusal('OUTPUT_NOT_WRITTEN', vi, en)));
    return 1;
  }
}

const lineOf = ({ code, message }: Problem): string => `${code} ${message.replaceAll(/\s*\n\s*/g, ' ')}`;
