import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';

import { describe, expect, test } from '@jest/globals';

import { certificateReader, thumbprintOf } from './client-certificate.ts';

/** Any two certificates will do: what is read is a thumbprint. */
const [one = '', other = ''] = rootCertificates;
const der = (pem: string) => new X509Certificate(pem).raw;
const rfc9440 = (pem: string) => `:${der(pem).toString('base64')}:`;
const PROXY = { header: 'client-cert', from: ['10.1.0.0/16', '192.168.7.7', 'fd00::/8'] };

/** What is found where a peer sends a header. */
const found = (address: string, value: string | undefined, certificate?: string, forwarded = PROXY) =>
  certificateReader(forwarded)(
    { address, certificate: certificate === undefined ? undefined : der(certificate) },
    () => value,
  );

describe('the connection itself', () => {
  test('tells of its certificate, or that it has none', () => {
    expect(certificateReader(undefined)({ address: '1.2.3.4', certificate: der(one) }, () => rfc9440(other))).toBe(
      thumbprintOf(der(one)),
    );
    expect(certificateReader(undefined)({ address: '1.2.3.4', certificate: undefined }, () => rfc9440(one))).toBe(
      undefined,
    );
  });
});

describe('a proxy', () => {
  test.each(['10.1.2.3', '192.168.7.7', '::ffff:10.1.2.3', '::FFFF:192.168.7.7', 'fd12::1'])(
    'at %s is believed, whatever certificate is its own',
    (address) => expect(found(address, rfc9440(one), other)).toBe(thumbprintOf(der(one))),
  );

  test.each(['10.2.0.1', '192.168.7.8', '::ffff:10.2.0.1', 'fe80::1', '::1', '127.0.0.1', '', 'nonsense'])(
    'at %s is anybody: its header is worth nothing, its own certificate counts',
    (address) => {
      expect(found(address, rfc9440(one))).toBeUndefined();
      expect(found(address, rfc9440(one), other)).toBe(thumbprintOf(der(other)));
    },
  );

  test('that forwards none tells that there is none: not its own', () => {
    expect(found('10.1.2.3', undefined, other)).toBeUndefined();
  });
});

describe('a forwarded certificate', () => {
  const read = (value: string) => found('10.1.2.3', value);

  test.each([
    ['RFC 9440', rfc9440(one)],
    ['PEM in URL encoding', encodeURIComponent(one)],
    ['the same, ending with its line', encodeURIComponent(`${one}\n`)],
    ['PEM that only blanks and breaks are encoded of', one.replaceAll('\n', '%0A').replaceAll(' ', '%20')],
  ])('%s', (_what, value) => expect(read(value)).toBe(thumbprintOf(der(one))));

  test.each([
    ['nothing', ''],
    ['two of RFC 9440', `${rfc9440(one)}, ${rfc9440(other)}`],
    ['two in PEM', encodeURIComponent(`${one}\n${other}`)],
    ['two in PEM, as joined from two headers', `${encodeURIComponent(one)}, ${encodeURIComponent(other)}`],
    ['text before it', encodeURIComponent(`x\n${one}`)],
    ['text after it', encodeURIComponent(`${one}\nx`)],
    ['a thumbprint', thumbprintOf(der(one))],
    ['base64 of something else', ':AAAA:'],
    ['no base64', ':%:'],
    ['broken URL encoding', '%E0%A4%A'],
    [
      'a public key',
      encodeURIComponent(new X509Certificate(one).publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    ],
  ])('%s is none', (_what, value) => expect(read(value)).toBeUndefined());
});
