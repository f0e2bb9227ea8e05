/** DER, as much of it as a request is written with: nothing here is longer than 127 bytes. */
const der = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag, content.length), content]);
};
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const OID = 0x06;
const SEQUENCE = 0x30;

/** An object identifier, such as `1.3.6.1.4.1.32473.1`. */
const oid = (written: string): Buffer => {
  const [first = 0, second = 0, ...rest] = written.split('.').map(Number);
  const bytes = [40 * first + second, ...rest].flatMap((number) => {
    const groups = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift(128 + (left % 128));
    return groups;
  });
  return der(OID, Buffer.from(bytes));
};

const VERSION = der(INTEGER, Buffer.of(1));
const SHA_256 = der(SEQUENCE, oid('2.16.840.1.101.3.4.2.1'), Buffer.of(0x05, 0));
const CERTIFICATE_WANTED = Buffer.of(0x01, 1, 0xff);

/**
 * A request for a time stamp (RFC 3161 §2.4.1), with the certificate of whoever makes it.
 *
 * @param digest SHA-256 of what is to be stamped, which is all that leaves
 * @param nonce a positive integer, as DER writes it
 * @param policy an object identifier of at most a dozen numbers of nine digits
 */
export const timeStampRequest = (digest: Uint8Array, nonce: Uint8Array, policy: string | undefined): Buffer =>
  der(
    SEQUENCE,
    VERSION,
    der(SEQUENCE, SHA_256, der(OCTET_STRING, digest)),
    ...(policy === undefined ? [] : [oid(policy)]),
    der(INTEGER, nonce),
    CERTIFICATE_WANTED,
  );
