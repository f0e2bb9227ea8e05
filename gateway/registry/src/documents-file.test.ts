import { describe, expect, test } from '@jest/globals';
import { parseDocuments } from './documents-file.ts';
import { parseRegistry } from './file.ts';
import { documentHash } from './persisted-document.ts';
import { RegistryError } from './problem.ts';
import { registration, registryText } from './testing.ts';

/** Line, key and English message of every problem. */
const problems = (read: () => unknown): string[] => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    expect(error.messages.vi).toMatch(/phải|không|thiếu|khoá|chỉ|đã|sai/);
    return error.problems.map(({ line, key, messages }) => `${line} ${key}: ${messages.en}`);
  }
  return [];
};

const text = '{ me { name } }\n';
const hash = documentHash(text);

describe('a file of persisted documents', () => {
  test('is a list in YAML, whose texts are taken to the letter', () => {
    const file = `- name: Ai
  purpose: TTHC
  clients: [mot-cua]
  hash: ${hash}
  body: |
    { me { name } }
- { purpose: none, body: "query A { me { name } } query B { me { name } }" }
`;
    expect(parseDocuments(file, 'd.yaml')).toEqual([
      {
        name: 'Ai',
        purpose: 'TTHC',
        clients: ['mot-cua'],
        hash: '47ac203c3a811ef3c85d8e853358e034524664303fe4b920a3c3e3a991d68c81',
        body: text,
        place: { line: 1, key: '[0]' },
      },
      {
        purpose: null,
        hash: documentHash('query A { me { name } } query B { me { name } }'),
        body: 'query A { me { name } } query B { me { name } }',
        place: { line: 7, key: '[1]' },
      },
    ]);
  });

  test('or in JSON', () => {
    const [document] = parseDocuments(JSON.stringify([{ purpose: 'TTHC', body: text }]), 'd.json');
    expect(document).toMatchObject({ purpose: 'TTHC', hash, body: text });
  });

  test('may be empty', () => {
    expect(parseDocuments('[]', 'd.yaml')).toEqual([]);
  });

  test('holds one text for several purposes, each once', () => {
    const twice = [
      { purpose: 'TTHC', body: text },
      { purpose: 'KYC', body: text },
    ];
    expect(parseDocuments(JSON.stringify(twice), 'd.json')).toHaveLength(2);
    expect(problems(() => parseDocuments(`- ${JSON.stringify(twice[0])}\n- ${JSON.stringify(twice[0])}`, 'd'))).toEqual(
      ['2 [1]: this text is registered above already, for the same purpose'],
    );
  });

  test.each([
    ['no list', 'purpose: TTHC', '1 (top): must be a list'],
    ['nothing', '', '1 (top): must be a list'],
    ['no purpose', '- body: "{ a }"', '1 [0]: the key "purpose" is missing'],
    ['no body', '- purpose: TTHC', '1 [0]: the key "body" is missing'],
    [
      'an unknown key',
      '- { purpose: A, body: "{ a }", client: x }',
      '1 [0].client: unknown key; allowed: purpose, body, name, hash, clients',
    ],
    ['a number for a text', '- { purpose: A, body: 5 }', '1 [0].body: must be a GraphQL text'],
    [
      'no GraphQL',
      '- purpose: A\n  body: "{ a"',
      '2 [0].body: is not valid GraphQL (1:4): Syntax Error: Expected Name, found <EOF>.',
    ],
    [
      'a schema',
      '- { purpose: A, body: "type A { a: ID }" }',
      '1 [0].body: may hold queries, mutations and fragments only',
    ],
    [
      'a subscription',
      '- { purpose: A, body: "subscription { a }" }',
      '1 [0].body: may hold queries, mutations and fragments only',
    ],
    ['fragments alone', '- { purpose: A, body: "fragment F on A { a }" }', '1 [0].body: holds no operation'],
    [
      'no clients',
      '- { purpose: A, body: "{ a }", clients: [] }',
      '1 [0].clients: must be a list with at least one item',
    ],
    [
      'a foreign hash',
      `- { purpose: A, body: "{ a }", hash: ${hash} }`,
      `1 [0].hash: is not the SHA-256 of body, which is ${documentHash('{ a }')} (a line break at the end counts)`,
    ],
    [
      'a hash in capitals',
      `- { purpose: A, body: "{ a }", hash: ${documentHash('{ a }').toUpperCase()} }`,
      '1 [0].hash: must be the SHA-256 of body, 64 hex digits in lower case',
    ],
  ])('%s is refused with line and key', (_what, file, problem) => {
    expect(problems(() => parseDocuments(file, 'd.yaml'))).toEqual([problem]);
  });
});

describe('documents of a registration', () => {
  const registered = (documents: unknown) => () =>
    parseRegistry(registryText({ bank: registration({ documents }) }), 'r.yaml');

  test('belong to it', () => {
    expect(registered([{ purpose: 'KYC', body: text }])()).toMatchObject([
      { client: 'bank', documents: [{ purpose: 'KYC', hash, body: text }] },
    ]);
  });

  test.each(['WELFARE', 'none'])('are for its own purposes, not for %s', (purpose) => {
    expect(problems(registered([{ purpose, body: text }]))).toEqual([
      '1 partners.bank.documents[0].purpose: the partner is not registered for this purpose; it is for: KYC',
    ]);
  });

  test('name no clients', () => {
    expect(problems(registered([{ purpose: 'KYC', body: text, clients: ['x'] }]))).toEqual([
      '1 partners.bank.documents[0].clients: unknown key; allowed: purpose, body, name, hash',
    ]);
  });
});
