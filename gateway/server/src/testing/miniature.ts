import type { Rule, Rules } from '@lienthong/schema/rules';
import {
  buildSchema,
  execute,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  parse,
  print,
  validate,
} from 'graphql';

import { complete } from '../execution/complete.ts';
import { permittedDocument } from '../execution/document.ts';
import { PrivateNames, privatePrefix } from '../execution/private-names.ts';
import { prepareOperation } from '../operation/prepare.ts';
import { authorize } from '../policy/authorize.ts';
import { Guards } from '../policy/guards.ts';
import { anonymous, type Principal } from '../policy/principal.ts';

/** A schema with rules over data in memory: the way of an operation without network, planner or protocol. */
export interface Miniature {
  readonly sdl: string;
  /** `Type.field` or `Type` → scopes, one set each by spaces; `policy:` words are policies, `authenticated` is itself. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
  readonly data: unknown;
  readonly open?: readonly string[];
  readonly unguarded?: 'allow' | 'refuse';
}

export interface Asked {
  readonly query: string;
  readonly scopes?: readonly string[];
  readonly policies?: readonly string[];
  readonly variables?: Record<string, unknown>;
  readonly anonymous?: true;
  /** The caller is this citizen. */
  readonly citizen?: string;
  readonly operationName?: string;
}

/** Runs an operation; `sent` is what would have been planned. */
export const ask = async (miniature: Miniature, asked: Asked) => {
  const schema = buildSchema(miniature.sdl);
  const document = parse(asked.query);
  const invalid = validate(schema, document);
  if (invalid[0]) throw invalid[0];
  const ast = getOperationAST(document, asked.operationName);
  if (!ast) throw new Error('which operation?');
  const operation = prepareOperation(schema, document, ast);
  const { coerced = {}, errors } = getVariableValues(schema, operation.variables, asked.variables ?? {});
  if (errors?.[0]) throw errors[0];
  const variables = new Map(Object.entries(coerced));
  const decision = authorize({
    operation,
    variables,
    principal: principalOf(asked),
    policies: new Set(asked.policies),
    guards: new Guards(readRules(miniature), schema, miniature.unguarded ?? 'allow'),
  });
  const names = new PrivateNames(privatePrefix(schema));
  const permitted = permittedDocument(operation, decision.asked, variables, names);
  const result = permitted && (await run(schema, miniature.data, permitted));
  return {
    sent: permitted && print(permitted.document).replace(/\s+/g, ' '),
    data: complete({
      schema,
      operation,
      decision,
      variables,
      names,
      data: result?.data ?? {},
      introspection: new Map(),
    }),
    denials: decision.denials.map(({ affectedPath, coordinate }) => `${affectedPath} ${coordinate}`),
  };
};

const run = async (schema: GraphQLSchema, rootValue: unknown, permitted: ReturnType<typeof permittedDocument>) => {
  if (!permitted) return undefined;
  const wrong = validate(schema, permitted.document);
  if (wrong[0]) throw wrong[0];
  const result = await execute({
    schema,
    document: permitted.document,
    rootValue,
    variableValues: permitted.variables,
  });
  if (result.errors?.[0]) throw result.errors[0];
  return result;
};

const principalOf = ({ scopes = [], anonymous: nobody, citizen }: Asked): Principal =>
  nobody
    ? anonymous
    : {
        kind: 'authenticated',
        issuer: 'https://issuer.example',
        subject: 'client',
        clientId: 'client',
        jti: 'jti',
        expiresAt: 0,
        scopes: new Set(scopes),
        ...(citizen === undefined ? {} : { citizen }),
        claims: {},
      };

export const readRules = ({ rules, open = [] }: Pick<Miniature, 'rules' | 'open'>): Rules => {
  const fields = new Map<string, Rule>();
  const types = new Map<string, Rule>();
  for (const [coordinate, words] of Object.entries(rules)) {
    const scopes = words.filter((word) => word !== 'authenticated' && !word.startsWith('policy:'));
    const policies = words.filter((word) => word.startsWith('policy:')).map((word) => word.slice('policy:'.length));
    (coordinate.includes('.') ? fields : types).set(coordinate, {
      authenticated: words.includes('authenticated'),
      scopes: scopes.map((set) => set.split(' ')),
      policies: policies.map((set) => set.split(' ')),
    });
  }
  return { fields, types, open: new Set(open) };
};
