/**
 * The application's names in signatures (RFC 9421 §2.3 `tag`): one for each thing that is signed, so that a signature for
 * something else is none of it.
 */
export const ANSWER_TAG = 'lienthong-answer';
export const REQUEST_TAG = 'lienthong-request';
