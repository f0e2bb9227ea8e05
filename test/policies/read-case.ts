import type { Section } from '@lienthong/schema/yaml-file';
import { GraphQLError, parse } from 'graphql';

import type { Case, FederationText, Reload, Settings } from './model.ts';
import { readDecisionPoint, readToken } from './read-caller.ts';
import { readExpectation } from './read-expectation.ts';
import { count, plainRecord, texts, yesOrNo } from './read-values.ts';

export type Federations = ReadonlyMap<string, FederationText>;

const CASE_KEYS = [
  'id',
  'shows',
  'rules',
  'federation',
  'mode',
  'settings',
  'reload',
  'token',
  'policies',
  'operation',
  'operationName',
  'variables',
  'expect',
];
const SETTINGS_KEYS = ['environment', 'unguarded', 'hideDenied', 'discloseRequirements', 'limits'];
const LIMITS = ['cost', 'depth', 'aliases', 'rootFields', 'tokens'];

export const readCase = (section: Section, rule: string, federations: Federations): Case => {
  section.only(CASE_KEYS);
  const settings = readSettings(section);
  return {
    id: section.string('id'),
    shows: section.string('shows'),
    rules: [rule, ...(section.has('rules') ? section.strings('rules') : [])],
    federation: federationOf(section, federations),
    settings,
    ...(section.has('reload') ? { reload: readReload(section.section('reload'), federations) } : {}),
    token: readToken(section, 'token'),
    decisionPoint: readDecisionPoint(section, 'policies'),
    operation: readOperation(section),
    ...(section.has('operationName') ? { operationName: section.string('operationName') } : {}),
    variables: section.has('variables') ? plainRecord(section, 'variables') : {},
    expect: readExpectation(section.section('expect'), settings),
  };
};

/** The one that is named; where a file has only one, it need not be. */
const federationOf = (section: Section, federations: Federations): FederationText => {
  const [only] = federations.size === 1 ? federations.values() : [];
  const federation = section.has('federation') ? federations.get(section.string('federation')) : only;
  if (federation) return federation;
  const names = [...federations.keys()].join(', ');
  throw section.refuse('federation', `phải là ${names}`, `must be one of ${names}`);
};

const readOperation = (section: Section): string => {
  const text = section.string('operation');
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw section.refuse('operation', `GraphQL sai cú pháp: ${error.message}`, `not valid GraphQL: ${error.message}`);
  }
  return text;
};

const readSettings = (section: Section): Settings => {
  const given = section.has('settings') ? section.section('settings').only(SETTINGS_KEYS) : undefined;
  const limits = given?.has('limits') ? given.section('limits').only(LIMITS) : undefined;
  const flag = (key: string) => (given?.has(key) ? yesOrNo(given, key) : false);
  return {
    environment: given?.has('environment') ? given.word('environment', ['development', 'production']) : 'development',
    authorization: {
      mode: section.has('mode') ? section.word('mode', ['filter', 'reject', 'report']) : 'filter',
      unguarded: given?.has('unguarded') ? given.word('unguarded', ['allow', 'refuse']) : 'allow',
      hideDenied: flag('hideDenied'),
      discloseRequirements: flag('discloseRequirements'),
    },
    limits: limits ? Object.fromEntries(limits.names.map((name) => [name, count(limits, name)])) : {},
  };
};

const readReload = (section: Section, federations: Federations): Reload => {
  section.only(['federation', 'replace', 'outcome']);
  return {
    federation: federationOf(section, federations),
    replace: section.has('replace') ? texts(section, 'replace') : new Map(),
    outcome: section.word('outcome', ['served', 'refused']),
  };
};
