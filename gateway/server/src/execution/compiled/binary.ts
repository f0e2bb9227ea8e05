/**
 * Text as a string of bytes: each character stands for one byte of its UTF-8. Bodies to departments are put together this
 * way, because values are taken from answers byte by byte and written back as they are.
 */
export type Binary = string & { readonly binary?: never };

const binary = (text: string): Binary =>
  // As many bytes as characters: nothing but ASCII.
  Buffer.byteLength(text) === text.length ? text : Buffer.from(text, 'utf8').toString('latin1');

/** @returns JSON as a string of bytes */
export const binaryJson = (value: unknown): Binary => binary(JSON.stringify(value));

/** The bytes themselves, for good: not of the shared pool, of which a few would keep 8 KiB. */
export const bytesOf = (text: Binary): Buffer => {
  const bytes = Buffer.from(new ArrayBuffer(text.length));
  bytes.write(text, 'latin1');
  return bytes;
};
