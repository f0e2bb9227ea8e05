import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { documents } from './document.ts';

/** The formatter may lay JSON out differently; its content must be the same. */
const comparable = (text: string, file: URL): unknown => (file.pathname.endsWith('.json') ? JSON.parse(text) : text);

test.each(documents())(
  '$file is generated from the declarations; run `npm run docs` when it is not',
  ({ file, content }) => {
    expect(comparable(readFileSync(file, 'utf8'), file)).toEqual(comparable(content, file));
  },
);
