import { type Hash, hashOf, InnerTree, joined, leafHash, logNode } from '../format/index.ts';

/** One line of an export, as JSON. */
export interface ExportLine {
  readonly format?: string;
  readonly after?: { readonly size: number; readonly hashes: readonly string[] };
  readonly record?: {
    readonly seq: number;
    readonly root?: string;
    readonly key?: string;
    readonly common?: string;
    readonly operation?: string;
    readonly entries?: readonly string[];
  };
  readonly head?: string;
  readonly end?: { readonly size: number; readonly root: string };
}

export const linesOf = async (lines: AsyncIterable<string>): Promise<readonly ExportLine[]> => {
  const found: ExportLine[] = [];
  for await (const line of lines) found.push(JSON.parse(line));
  return found;
};

/** The roots of the records, from their bodies where those are there. */
export const rootsIn = (lines: readonly ExportLine[]): readonly Hash[] =>
  lines.flatMap(({ record }) => {
    if (record === undefined) return [];
    const { root, key, common = '', operation = '', entries = [] } = record;
    const bytes = hashOf(Buffer.from(root ?? key ?? '', 'base64url'));
    if (bytes === undefined) throw new TypeError(`line of record ${record.seq} has neither root nor key`);
    return root === undefined ? new InnerTree(bytes, [common, operation, ...entries]).root : bytes;
  });

/** The root of the log over them, leaf by leaf. */
export const logRoot = (roots: readonly Hash[]): Hash => {
  const frontier: Hash[] = [];
  roots.forEach((root, index) => {
    let hash = leafHash(root);
    for (let rest = index; rest % 2 === 1; rest = (rest - 1) / 2) hash = logNode(frontier.pop() ?? hash, hash);
    frontier.push(hash);
  });
  return joined(frontier);
};
