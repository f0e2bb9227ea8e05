import { createHash } from 'node:crypto';

import { type DocumentNode, parse } from 'graphql';

import { checkDocument, type DocumentLimits } from './limits.ts';

/** Texts remembered as within the limits; the oldest are forgotten first. */
const REMEMBERED = 10_000;

/**
 * Judges texts before Apollo Server parses and validates them: validation is work that grows with what the limits bound,
 * and its plugin hooks have no place from which to refuse. A text that passed once is not parsed here again.
 */
export class DocumentGate {
  readonly #limits: DocumentLimits & { readonly tokens: number };
  readonly #passed = new Set<string>();

  constructor(limits: DocumentLimits & { readonly tokens: number }) {
    this.#limits = limits;
  }

  /**
   * @param text absent for a persisted query known by its hash: its text passed when it was registered
   * @throws PublicError LIMIT_DEPTH, LIMIT_ALIASES, LIMIT_COST
   */
  check(text: string | undefined): void {
    if (text === undefined) return;
    const key = createHash('sha256').update(text).digest('base64');
    if (this.#passed.has(key)) return;
    const document = this.#parse(text);
    // What does not parse, or has too many tokens, is told by the protocol layer, which stops at the same place.
    if (!document) return;
    checkDocument(document, this.#limits);
    this.#passed.add(key);
    const [oldest] = this.#passed;
    if (this.#passed.size > REMEMBERED && oldest !== undefined) this.#passed.delete(oldest);
  }

  #parse(text: string): DocumentNode | undefined {
    try {
      return parse(text, { maxTokens: this.#limits.tokens, noLocation: true });
    } catch {
      return undefined;
    }
  }
}
