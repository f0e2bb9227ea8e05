/** Time stamps of RFC 3161, checked with nothing but Node's cryptography. */
export { type Certificate, readCertificates } from './certificate.ts';
export {
  MALFORMED,
  readTimeStampResponse,
  TIME_STAMP_FAULTS,
  type TimeStampFault,
  type TimeStampOptions,
  type TimeStampVerdict,
  verifyTimeStamp,
} from './token.ts';
