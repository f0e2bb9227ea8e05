import { readFileSync } from 'node:fs';

const text = (file: string): string => readFileSync(new URL(`../../vectors/${file}`, import.meta.url), 'utf8');

interface Path {
  readonly slot: number;
  readonly path: readonly string[];
}
interface Shown extends Path {
  readonly text: string;
  readonly salt: string;
}

interface Shapes {
  'canonical.json': { canonical: { value: unknown; text: string }[]; refused: string[] };
  'subject.json': { key: string; subjects: Record<string, string> };
  'record.json': { key: string; parts: string[]; salts: string[]; paths: Path[]; root: string; leaf: string }[];
  'log.json': {
    entries: string[];
    roots: string[];
    inclusion: { index: number; size: number; path: string[] }[];
    consistency: { first: number; second: number; path: string[] }[];
  };
  'commitment.json': {
    nonce: string;
    requestDigest: string;
    answerDigest: string;
    requestCommitment: string;
    answerCommitment: string;
  }[];
  'jwks.json': { keys: { kty: string; kid: string }[] };
  'proof.json': Record<string, { seq: number; common: Shown; entry: Shown; inclusion: string[]; head: string }>;
}

/** Test vectors of the format, as vectors/make.py wrote them. */
export const vectors = <File extends keyof Shapes>(file: File): Shapes[File] => JSON.parse(text(file));

/** The lines of an exported ledger. */
export const exportLines = (file: 'export.jsonl' | 'export-after-retention.jsonl'): readonly string[] =>
  text(file).trimEnd().split('\n');
