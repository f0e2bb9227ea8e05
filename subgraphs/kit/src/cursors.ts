import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { badInput } from './errors.ts';
import type { ProvinceKey } from './province-key.ts';

/** What a cursor may hold: the values a list is ordered by, of the row after which the next page starts. */
export type CursorValue = string | number | null;

/** Seals the position in a list so that a caller can neither read nor move it. */
export interface Cursors {
  /** `list` names the list and holds its arguments: a cursor opens only under the very same text. */
  seal(list: string, values: readonly CursorValue[]): string;
  /** The sealed values; throws BAD_USER_INPUT `cursor` for anything that this list did not seal. */
  open(list: string, cursor: string): CursorValue[];
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Plaintexts are padded to a multiple of this, so that a cursor's length does not betray the length of a name. */
const PADDING_BYTES = 64;
/** Longer than any cursor we make; nothing longer is decoded. */
const MAX_CURSOR_CHARACTERS = 2048;

const deriveKey = (key: Buffer, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `lienthong cursor ${use}`, 32));

const isCursorValue = (value: unknown): value is CursorValue =>
  value === null || typeof value === 'string' || typeof value === 'number';

const pad = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const padded = Buffer.alloc(Math.ceil(bytes.length / PADDING_BYTES) * PADDING_BYTES, ' ');
  bytes.copy(padded);
  return padded;
};

const refuse = () =>
  badInput(
    'cursor',
    {
      vi: 'Con trỏ `after` không thuộc danh sách này. Hãy dùng nguyên `endCursor` của trang trước, với cùng đối số.',
      en: 'The cursor `after` does not belong to this list. Pass the previous page’s `endCursor` unchanged, with the same arguments.',
    },
    'after',
  );

/**
 * AES-256-GCM with the nonce derived from the content (a synthetic IV, as in RFC 8452's construction): one row has one
 * cursor, so equal requests get equal answers to the byte, and a nonce repeats only for the same text.
 */
export const createCursors = (provinceKey: ProvinceKey, department: string): Cursors => {
  const cipherKey = deriveKey(provinceKey.key, 'cipher');
  const nonceKey = deriveKey(provinceKey.key, 'nonce');
  const boundTo = (list: string) => Buffer.from(JSON.stringify([provinceKey.epoch, department, list]));

  return {
    seal(list, values) {
      const plain = pad(JSON.stringify(values));
      const bound = boundTo(list);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bound.length);
      const nonce = createHmac('sha256', nonceKey).update(length).update(bound).update(plain).digest();
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce.subarray(0, NONCE_BYTES));
      cipher.setAAD(bound);
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce.subarray(0, NONCE_BYTES), cipher.getAuthTag(), sealed]).toString('base64url');
    },

    open(list, cursor) {
      if (cursor.length > MAX_CURSOR_CHARACTERS) throw refuse();
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) throw refuse();
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(boundTo(list));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      let values: unknown;
      try {
        const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
        values = JSON.parse(plain.toString());
      } catch {
        throw refuse();
      }
      if (!Array.isArray(values) || !values.every(isCursorValue)) throw refuse();
      return values;
    },
  };
};
