import { equal } from './bytes.ts';
import type { Before } from './export-line.ts';
import type { Findings } from './faults.ts';
import { LogTree } from './tree.ts';

/** How many records a ledger had, and the root over them. */
export interface State {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * The log's tree while records are read, and the joints between the files of a ledger. A file that continues says over
 * which hashes. Where those are not the ones of what stands before, heads below tell whether that line was altered, or the
 * ledger was rewritten; until then both trees grow.
 */
export class Log {
  readonly #findings: Findings;
  /** Undefined once a record is missing: nothing can be said of roots from there on. */
  #tree: LogTree | undefined = new LogTree();
  /** A first line that does not agree with what stands before it, and the tree over that. */
  #doubt: { readonly line: number; readonly size: number; readonly rival: LogTree | undefined } | undefined;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** The root over all records so far; undefined where some are missing. */
  get root(): Uint8Array | undefined {
    return this.#tree?.root();
  }

  append(root: Uint8Array): void {
    this.#tree?.append(root);
    this.#doubt?.rival?.append(root);
  }

  /** A record is missing. */
  lose(): void {
    this.settle();
    this.#tree = undefined;
  }

  /**
   * A file begins.
   *
   * @param said what its first line says of the records before it
   * @param known what is known of them: nothing, a state from elsewhere, or that they were read and stand in the tree
   */
  begin(line: number, said: Before, known: State | 'read' | undefined): void {
    this.settle();
    const tree = new LogTree(said.size, said.hashes);
    const root = known === 'read' ? this.root : known?.root;
    if (known !== undefined && (root === undefined || !equal(tree.root(), root))) {
      // Where records above were missing, their files have been told already; this one's line cannot be judged by them.
      const rival = known === 'read' ? this.#tree : undefined;
      if (root !== undefined) this.#doubt = { line, size: said.size, rival };
    }
    this.#tree = tree;
  }

  /** A head with a true signature over all records so far. */
  weigh(signed: Uint8Array): void {
    const doubt = this.#doubt;
    if (doubt === undefined || this.#tree === undefined) return;
    const rival = doubt.rival?.root();
    if (equal(signed, this.#tree.root())) {
      this.#findings.fault('JOINT_FORK', { line: doubt.line }, { size: doubt.size });
      this.#doubt = undefined;
    } else if (doubt.rival !== undefined && rival !== undefined && equal(signed, rival)) {
      this.settle();
      this.#tree = doubt.rival;
    }
  }

  /** No head comes any more that could tell. */
  settle(): void {
    if (this.#doubt) this.#findings.fault('JOINT_HASHES', { line: this.#doubt.line });
    this.#doubt = undefined;
  }
}
