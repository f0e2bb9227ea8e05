import { type Binary, binaryJson, bytesOf } from '../compiled/binary.ts';

/** One list of entities that a call asks for. */
export interface EntityList {
  /** The response name of its entities. */
  readonly alias: string;
  /** What opens it in the body, and closes the one before: `"representations":[`. */
  readonly before: Buffer;
  /** The representations' JSON, commas between; never empty. */
  readonly list: Buffer;
  /** How many they are. */
  readonly count: number;
}

/**
 * A call that asks for nothing but entities, in the pieces that its body is made of: two that differ in no piece but the
 * representations ask the same of different entities.
 */
export interface EntityCall {
  /** `{"query":…,"variables":{`. */
  readonly head: Buffer;
  readonly lists: readonly EntityList[];
  /** Behind the last list: `]`, the other variables, `}}`. */
  readonly tail: Binary;
}

/** The body of a call, all that the department gets. */
export const bodyOf = ({ head, lists, tail }: EntityCall): Buffer => {
  let size = head.length + tail.length;
  for (const { before, list } of lists) size += before.length + list.length;
  const body = Buffer.allocUnsafe(size);
  body.set(head, 0);
  let at = head.length;
  for (const { before, list } of lists) {
    body.set(before, at);
    body.set(list, at + before.length);
    at += before.length + list.length;
  }
  body.write(tail, at, 'latin1');
  return body;
};

const REPRESENTATIONS = 'representations';

/** A call of the reference engine; undefined where it asks for something else than entities. */
export const entityCall = (
  query: string,
  variables: Readonly<Record<string, unknown>> | undefined,
): EntityCall | undefined => {
  const { [REPRESENTATIONS]: representations, ...others } = variables ?? {};
  if (!Array.isArray(representations) || representations.length === 0) return undefined;
  const members = Object.entries(others).flatMap(([name, value]) =>
    value === undefined ? [] : [`,${binaryJson(name)}:${binaryJson(value)}`],
  );
  return {
    head: bytesOf(`{"query":${binaryJson(query)},"variables":{`),
    lists: [
      {
        alias: '_entities',
        before: bytesOf(`"${REPRESENTATIONS}":[`),
        list: bytesOf(binaryJson(representations).slice(1, -1)),
        count: representations.length,
      },
    ],
    tail: `]${members.join('')}}}`,
  };
};
