import type { DocumentNode } from 'graphql';

/** Bytes of what is made of a document whatever it holds: prepared and compiled, it is some dozen objects. */
const DOCUMENT = 8_192;
/** Bytes of one token and what is made of it, measured over documents of few and of many selections. */
const TOKEN = 500;
/** Bytes of one character, where any of a text needs two. */
const CHARACTER = 2;

/**
 * Roughly the bytes that a parsed document, and the operation that hangs on it, keep in memory. It holds on to its whole text and to every token, comments
 * included, so that a quarter of a megabyte of `#` is twelve megabytes: neither the number of documents nor the size of
 * their JSON bounds what they are.
 */
export const weightOf = ({ loc }: DocumentNode): number => {
  if (!loc) return DOCUMENT;
  let weight = DOCUMENT + loc.source.body.length * CHARACTER;
  for (let token = loc.startToken; ; token = token.next) {
    weight += TOKEN;
    if (!token.next) return weight;
  }
};
