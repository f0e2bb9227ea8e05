import { LINK, type SmallDepartment } from '../kit/small-federation.ts';

/**
 * A made-up province for attacks on rules: interfaces with sealed and open members, a guarded key, computed fields in a
 * chain over three departments, one through a guarded scalar, one by way of a context. Every value names its field, so
 * that a leak is seen wherever it turns up.
 */
export const registry: Readonly<Record<string, SmallDepartment>> = {
  people: {
    sdl: `${LINK}
      type Query { me: Person  things: [Thing!]  labelled: [Labelled]  found: [Found]  nobody: Person }
      type Mutation { rename(to: String!): String }
      interface Thing { id: ID!  label: String }
      interface Labelled { label: String }
      union Found = Office | Vault
      scalar Secret @requiresScopes(scopes: [["secret"]])
      type Person implements Thing & Labelled @key(fields: "nationalId") {
        nationalId: ID! @requiresScopes(scopes: [["id"]])
        id: ID!
        label: String @requiresScopes(scopes: [["label"]])
        name: String @requiresScopes(scopes: [["name"]])
        nick: String
        code: Secret
      }
      type Office implements Thing & Labelled { id: ID!  label: String  size: Int }
      type Vault implements Thing & Labelled @requiresScopes(scopes: [["vault"]]) { id: ID!  label: String }`,
    root: {
      me: () => person,
      nobody: () => null,
      things: () => [person, office, vault],
      labelled: () => [person, office, vault],
      found: () => [office, vault],
      rename: ({ to }: { to: string }) => to,
    },
    entities: { Person: () => person },
  },
  health: {
    sdl: `${LINK}
      scalar Secret @requiresScopes(scopes: [["secret"]])
      type Person @key(fields: "nationalId") {
        nationalId: ID! @requiresScopes(scopes: [["id"]])
        name: String @external
        code: Secret @external
        blood: String
        greeting: String @requires(fields: "name") @requiresScopes(scopes: [["name", "greet"]])
        stamp: String @requires(fields: "code") @requiresScopes(scopes: [["secret"]])
      }`,
    entities: {
      Person: ({ name, code }) => ({ blood: 'BLOOD', greeting: `GREETING(${name})`, stamp: `STAMP(${code})` }),
    },
  },
  archive: {
    sdl: `${LINK}
      type Person @key(fields: "nationalId") @context(name: "person") {
        nationalId: ID! @requiresScopes(scopes: [["id"]])
        greeting: String @external
        title: String @requiresScopes(scopes: [["title"]])
        summary: String @requires(fields: "greeting") @requiresScopes(scopes: [["name", "greet", "sum"]])
        card: Card
      }
      type Card @key(fields: "number") {
        number: ID!
        line(owner: String @fromContext(field: "$person { title }")): String @requiresScopes(scopes: [["title"]])
      }`,
    entities: {
      Person: ({ greeting }) => ({ title: 'TITLE', summary: `SUMMARY(${greeting})`, card }),
      Card: () => card,
    },
  },
};

const card = { __typename: 'Card', number: 'CARD', line: ({ owner }: { owner?: string }) => `LINE(${owner})` };

const person = {
  __typename: 'Person',
  nationalId: 'NATIONAL-ID',
  id: 'person',
  label: 'PERSON-LABEL',
  name: 'NAME',
  nick: 'NICK',
  code: 'CODE',
};
const office = { __typename: 'Office', id: 'office', label: 'OFFICE-LABEL', size: 5 };
const vault = { __typename: 'Vault', id: 'vault', label: 'VAULT-LABEL' };
