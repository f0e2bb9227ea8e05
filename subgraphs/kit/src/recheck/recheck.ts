import { readDataSubjects } from '@lienthong/schema/subjects';
import {
  type DocumentNode,
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql';
import type { DepartmentRequest } from '../department.ts';
import type { Caller } from '../token/caller.ts';
import { PrivateSelections } from './private-selections.ts';
import { FieldRefused } from './refusal.ts';
import { type OwnRule, ownRules } from './rules.ts';
import { counts, isSelfScope, type Standing, standingOf } from './standing.ts';

/** `enforce` refuses; `report` logs and serves, for a gateway in mode `report`. */
export type RecheckMode = 'enforce' | 'report';

type Resolver = GraphQLFieldResolver<unknown, DepartmentRequest, Record<string, unknown>>;

/** Whether a caller meets a rule; `own`: at a place where self scopes count. */
const permits = ({ authenticated, scopes, purposes }: OwnRule, caller: Caller, own: boolean): boolean => {
  const held = (scope: string) => caller.scopes.has(scope) && counts(scope, caller, own);
  // Only a token of somebody names an issuer: the gateway's word for an anonymous request has none.
  return (
    (!authenticated || caller.issuer !== undefined) &&
    scopes.every((alternatives) => alternatives.some((names) => names.every(held))) &&
    purposes.every((alternatives) => alternatives.some((names) => names.every((name) => name === caller.purpose)))
  );
};

/** What has been found out about one caller: a byte per rule, elsewhere and at home. */
interface Memory {
  readonly elsewhere: Uint8Array;
  readonly own: Uint8Array;
  readonly standing: Standing | undefined;
}

const PERMITTED = 1;
const REFUSED = 2;

/** By request: the same caller may ask twice at a time, and paths belong to one answer. */
const memories = (rules: number) => {
  const known = new WeakMap<DepartmentRequest, Memory>();
  let lastRequest: DepartmentRequest | undefined;
  let last: Memory | undefined;
  return (request: DepartmentRequest): Memory => {
    // Fields of one request are read in runs; this spares most of them the map.
    if (request === lastRequest && last) return last;
    let memory = known.get(request);
    if (!memory) {
      memory = { elsewhere: new Uint8Array(rules), own: new Uint8Array(rules), standing: standingOf(request.caller) };
      known.set(request, memory);
    }
    lastRequest = request;
    last = memory;
    return memory;
  };
};

/**
 * Puts the department's own rules before every resolver of a schema, once, at the start. The gateway has judged already;
 * this holds when the gateway errs, and for whoever else gets hold of its key.
 *
 * Fields that a plan may add (keys) are not judged, nor are those by which the gateway finds out whose data it is
 * (`PrivateSelections`), nor policies but `purpose:`. Fields without a rule keep their resolver, so they cost nothing; the
 * others cost one look into an array after the first of each request.
 *
 * @param document the department's SDL as it wrote it
 */
export const recheckRules = (schema: GraphQLSchema, document: DocumentNode, mode: RecheckMode = 'enforce'): void => {
  const rules = ownRules(document);
  const privately = new PrivateSelections(schema, readDataSubjects(document));
  const memoryOf = memories(rules.size);
  const followsSelf = [...rules.values()].some(({ scopes }) => scopes.flat(2).some(isSelfScope));

  const guard = (number: number, coordinate: string, rule: OwnRule, isMe: boolean, resolve: Resolver): Resolver => {
    const judge = (verdicts: Uint8Array, request: DepartmentRequest, own: boolean): number => {
      const permitted = permits(rule, request.caller, own);
      if (!permitted) {
        request.log.error({ coordinate, defect: 'gateway', mode }, 'the gateway asks for what its caller may not read');
      }
      const verdict = permitted || mode === 'report' ? PERMITTED : REFUSED;
      verdicts[number] = verdict;
      return verdict;
    };
    return (parent, args, request, info) => {
      const memory = memoryOf(request);
      const own = followsSelf && memory.standing !== undefined && (isMe || memory.standing.isOwn(info));
      const verdicts = own ? memory.own : memory.elsewhere;
      if (verdicts[number] === PERMITTED || privately.has(info)) return resolve(parent, args, request, info);
      if ((verdicts[number] || judge(verdicts, request, own)) === REFUSED) throw new FieldRefused(coordinate);
      return resolve(parent, args, request, info);
    };
  };

  /** Hands the caller's own standing down to what a field returns, until that is a Citizen again. */
  const follow =
    (resolve: Resolver, starts: boolean, ends: boolean): Resolver =>
    (parent, args, request, info) => {
      const { standing } = memoryOf(request);
      if (standing && (starts || (!ends && standing.isOwn(info)))) standing.keep(info);
      return resolve(parent, args, request, info);
    };

  const followEntities =
    (resolve: Resolver): Resolver =>
    (parent, args, request, info) => {
      const { representations } = args;
      if (Array.isArray(representations)) memoryOf(request).standing?.entities(info, representations);
      return resolve(parent, args, request, info);
    };

  const numbers = new Map([...rules.keys()].map((coordinate, number) => [coordinate, number]));
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const isQuery = type === schema.getQueryType();
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const rule = rules.get(coordinate);
      const returned = getNamedType(field.type);
      const isMe = isQuery && field.name === 'me' && returned.name === 'Citizen';
      const original = (field.resolve ?? defaultFieldResolver) as Resolver;
      let resolve = original;
      if (followsSelf && isQuery && field.name === '_entities') resolve = followEntities(resolve);
      else if (followsSelf && isCompositeType(returned)) resolve = follow(resolve, isMe, returned.name === 'Citizen');
      if (rule) resolve = guard(numbers.get(coordinate) ?? 0, coordinate, rule, isMe, resolve);
      if (resolve !== original) field.resolve = resolve;
    }
  }
};
