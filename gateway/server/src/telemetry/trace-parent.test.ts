import { expect, test } from '@jest/globals';

import { readTraceParent, writeTraceParent } from './trace-parent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test.each([
  [`00-${TRACE}-${SPAN}-01`, true],
  [`00-${TRACE}-${SPAN}-00`, false],
  [`00-${TRACE}-${SPAN}-03`, true],
  // Of a later version what is known of it is read (§3.2.2.5).
  [`01-${TRACE}-${SPAN}-01-what-the-future-brings`, true],
])('reads %s', (header, sampled) => {
  const read = readTraceParent(header);
  expect(read).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  expect(read && writeTraceParent(read)).toBe(`00-${TRACE}-${SPAN}-${sampled ? '01' : '00'}`);
});

test.each([
  undefined,
  '',
  'not-a-traceparent',
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-1`,
  `00-${TRACE}-${SPAN}-01\n`,
  // Sent twice: nobody can say which one counts.
  `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
])('refuses %j', (header) => {
  expect(readTraceParent(header)).toBeUndefined();
});
