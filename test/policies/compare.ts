import type { GraphQLFormattedError } from 'graphql';

import type { Case, Expectation, Refused, Told } from './model.ts';
import type { Seen } from './play.ts';
import type { Stage } from './stage.ts';
import { overreach } from './traffic.ts';

const DENIED = 'UNAUTHORIZED_FIELD_OR_TYPE';

/** In what an answer differs from the table, in words. Nothing is passed over: what the table does not list is wrong. */
export const differences = (play: Case, seen: Seen, stage: Stage): readonly string[] => {
  const { expect } = play;
  const problems = [
    ...differ('status', expect.status, seen.status),
    // As texts, so that the order of members counts too.
    ...differ('data', expect.kind === 'answered' ? expect.data : undefined, seen.data),
    ...differ('denials', sorted(expect.denials.map(line)), sorted(seen.errors.filter(isDenial).map(told))),
    ...otherErrors(expect, seen),
    ...ofDecision(play, seen),
    ...overreach({ ...stage, calls: seen.calls }, expect),
  ];
  const { policiesAsked } = expect;
  if (policiesAsked) problems.push(...differ('policies asked', sorted(policiesAsked), sorted(seen.policiesAsked)));
  for (const text of expect.never) if (seen.text.includes(text)) problems.push(`the answer holds «${text}»`);
  return problems;
};

/** What a second answer to the same question shows that the first did not. */
export const changes = (first: Seen, again: Seen): readonly string[] => [
  ...differ('the answer', first.text, again.text),
  ...differ('the traffic', sorted(first.calls.map(sent)), sorted(again.calls.map(sent))),
  ...differ('the headers', headersOf(first), headersOf(again)),
];

const sent = ({ department, query, variables }: Seen['calls'][number]): string =>
  JSON.stringify([department, query, variables]);

const OF_ONE_ANSWER = new Set([
  ...['x-request-id', 'date', 'signature', 'signature-input'],
  ...['lienthong-record', 'lienthong-record-nonce'],
]);

const headersOf = ({ headers = {} }: Seen) => Object.entries(headers).filter(([name]) => !OF_ONE_ANSWER.has(name));

/** Every answer over HTTP is kept by nobody and can be reported. */
export const headerFaults = ({ headers = {} }: Seen): readonly string[] => [
  ...differ('cache-control', 'private, no-store', headers['cache-control']),
  ...differ('content-language', 'en', headers['content-language']),
  ...(typeof headers['x-request-id'] === 'string' ? [] : ['no x-request-id']),
];

const differ = (what: string, wanted: unknown, got: unknown): readonly string[] => {
  const [one, other] = [JSON.stringify(wanted) ?? 'absent', JSON.stringify(got) ?? 'absent'];
  return one === other ? [] : [`${what}: expected ${one}, got ${other}`];
};

const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort();

const isDenial = ({ extensions }: GraphQLFormattedError): boolean => extensions?.code === DENIED;

const line = ({ affectedPath, coordinate, required }: Told): string =>
  `${affectedPath} ${coordinate}${required === undefined ? '' : ` ${JSON.stringify(required)}`}`;

/** Whatever else an error tells is a difference: requirements are nobody's to know, unless the table says so. */
const told = ({ extensions = {} }: GraphQLFormattedError): string => {
  const { code: _, affectedPath, coordinate, required, ...others } = extensions;
  const more = Object.keys(others).length > 0 ? ` ${JSON.stringify(others)}` : '';
  return `${line({ affectedPath: String(affectedPath), coordinate: String(coordinate), required })}${more}`;
};

const otherErrors = (expect: Expectation, { errors }: Seen): readonly string[] => {
  const others = errors.filter((error) => !isDenial(error));
  if (expect.kind === 'answered' || expect.code === DENIED) return differ('other errors', [], others);
  const wrong = others.filter(({ extensions = {} }) => !isRefusal(extensions, expect));
  return others.length > 0 ? differ('errors', [], wrong) : [`no error ${expect.code}`];
};

const isRefusal = (extensions: Readonly<Record<string, unknown>>, { code, extensions: members }: Refused): boolean =>
  extensions.code === code &&
  Object.entries(members).every(([name, value]) => JSON.stringify(extensions[name]) === JSON.stringify(value));

/** The pure function itself: what it denies, and what it would have departments asked. */
const ofDecision = ({ expect, settings }: Case, { decision }: Seen): readonly string[] => {
  if (!decision) return [];
  const denials = decision.denials.map(({ affectedPath, coordinate }) => `${affectedPath} ${coordinate}`);
  const wanted = expect.denials.map(({ affectedPath, coordinate }) => `${affectedPath} ${coordinate}`);
  const asked = [...decision.asked]
    // Introspection asks no department.
    .filter(({ parentType, name }) => !(name.startsWith('__') || parentType.name.startsWith('__')))
    .map(({ parentType, name }) => `${parentType.name}.${name}`);
  return [
    ...differ('decided denials', sorted(wanted), sorted(denials)),
    // A refused operation asks for nothing, and mode report for everything, whatever was decided.
    ...(expect.kind === 'answered' && settings.authorization.mode !== 'report'
      ? differ('permitted coordinates', unique(expect.asked), unique(asked))
      : []),
  ];
};

const unique = (texts: readonly string[]): readonly string[] => sorted([...new Set(texts)]);
