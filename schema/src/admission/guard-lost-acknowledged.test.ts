import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { composed, department, version } from '../fixtures.ts';
import { guardsLost } from './guard-lost.ts';
import { acknowledgedIn, withAcknowledgement } from './guard-lost-acknowledged.ts';

const sdlOf = (a: string, b = '@authenticated') => composed(department(`type Query { a: Int ${a} b: Int ${b} }`));
const lostIn = (before: string, after: string) => guardsLost(version(before), version(after));
/** Coordinates that lose their guard from one to the other and are not excused by the latter. */
const unexcused = (before: string, after: string) => {
  const isAcknowledged = acknowledgedIn(after, before);
  return lostIn(before, after)
    .filter((lost) => !isAcknowledged(lost))
    .map(({ coordinate }) => coordinate);
};

const guarded = sdlOf('@requiresScopes(scopes: [["x", "y"]])');
const weaker = sdlOf('@requiresScopes(scopes: [["x"]])');
const open = sdlOf('');
const weakerAcknowledged = withAcknowledgement(weaker, guarded, lostIn(guarded, weaker));

test('an acknowledgement excuses what it names, and stays a supergraph', () => {
  expect(unexcused(guarded, weaker)).toEqual(['Query.a']);
  expect(unexcused(guarded, weakerAcknowledged)).toEqual([]);
  expect(weakerAcknowledged.split('\n').slice(0, 2)).toEqual([
    expect.stringMatching(/^# guards-lost-since: sha256:[0-9a-f]{64}$/),
    '# guard-lost: Query.a now {"authenticated":false,"scopes":[["x"]],"policies":[]}',
  ]);
  expect(parse(weakerAcknowledged, { noLocation: true })).toEqual(parse(weaker, { noLocation: true }));
});

const header = weakerAcknowledged.slice(0, weakerAcknowledged.length - weaker.length);

test.each([
  ['another coordinate', guarded, header + sdlOf('@requiresScopes(scopes: [["x"]])', ''), ['Query.b']],
  ['a greater loss of the same coordinate', guarded, header + open, ['Query.a']],
  ['the next loss, after the one that it was for', weakerAcknowledged, header + open, ['Query.a']],
  ['a step from another version', sdlOf('@requiresScopes(scopes: [["x", "z"]])'), weakerAcknowledged, ['Query.a']],
  ['anything from further down in the text', guarded, `\n${weakerAcknowledged}`, ['Query.a']],
  ['anything without the version that it is for', guarded, weakerAcknowledged.replace(/^.*\n/, ''), ['Query.a']],
])('an acknowledgement does not excuse %s', (_, before, after, expected) => {
  expect(unexcused(before, after)).toEqual(expected);
});

test('a version is itself with and without its own acknowledgement, however its lines end', () => {
  const next = withAcknowledgement(open, weaker, lostIn(weaker, open));
  for (const served of [weaker, weakerAcknowledged, weakerAcknowledged.replaceAll('\n', '\r\n'), `${weaker}\n`]) {
    expect(unexcused(served, next)).toEqual([]);
  }
  expect(unexcused(weaker, next.replaceAll('\n', '\r\n'))).toEqual([]);
});

test('where no guard was lost there is nothing to acknowledge', () => {
  expect(withAcknowledgement(guarded, weaker, lostIn(weaker, guarded))).toBe(guarded);
});
