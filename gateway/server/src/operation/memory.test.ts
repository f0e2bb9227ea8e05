import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';

import { DocumentMemory } from './memory.ts';
import { prepareOperation } from './prepare.ts';

const schema = buildSchema('type Query { a(x: Int): Int b: Int }');
const version = {};

const prepared = (text: string, name: string, isReadOnce: boolean) => {
  const document = parse(text);
  const memory = DocumentMemory.of(document);
  if (isReadOnce) memory.readOnce();
  const operation = memory.prepared(name, version, () => {
    const found = getOperationAST(document, name === '' ? null : name);
    if (!found) throw new TypeError('which operation?');
    return prepareOperation(schema, document, found, memory.weight);
  });
  return { document, memory, operation };
};

describe('the memory of a document', () => {
  test('is one, and knows each of its operations once for one version', () => {
    const { document, memory, operation } = prepared('query A { a } query B { b }', 'A', false);
    expect(DocumentMemory.of(document)).toBe(memory);
    const never = () => {
      throw new TypeError('prepared twice');
    };
    expect(memory.prepared('A', version, never)).toBe(operation);
    expect(() => memory.prepared('B', version, never)).toThrow('prepared twice');
    expect(() => memory.prepared('A', {}, never)).toThrow('prepared twice');
  });

  test('weighs by text and fields, and what is made of it later is added', () => {
    const weightOf = (text: string) => DocumentMemory.of(parse(text)).weight.bytes;
    const plain = weightOf('{ a }');
    expect(weightOf(`{ a } #${'x'.repeat(1_000)}`)).toBeGreaterThanOrEqual(plain + 2_000);
    expect(weightOf(`{ ${'a '.repeat(1_000)} }`)).toBeGreaterThan(plain + 200_000);
    const { memory } = prepared('{ a }', '', false);
    expect(memory.weight.bytes).toBeGreaterThan(plain);
  });

  test('holds on to no token of the text', () => {
    const { document } = prepared('{ a(x: 1) }', '', false);
    expect(JSON.stringify(document)).not.toContain('loc');
  });

  test('lets the nodes go where nobody reads them again, but for arguments', () => {
    const kept = prepared('{ a(x: 1) b }', '', false);
    const gone = prepared('{ a(x: 1) b }', '', true);
    expect(gone.document.definitions).toEqual([]);
    expect(gone.memory.weight.bytes).toBeLessThan(kept.memory.weight.bytes);
    expect(gone.operation.selections).toEqual(kept.operation.selections);
    expect(gone.memory.prepared('', version, () => kept.operation)).toBe(gone.operation);
  });

  test('keeps them where another operation may be asked of it', () => {
    const { document } = prepared('query A { a } query B { b }', 'A', true);
    expect(document.definitions).toHaveLength(2);
  });
});
