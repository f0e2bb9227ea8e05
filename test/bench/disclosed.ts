/**
 * What it costs to gather whose data an answer discloses: processor time of one request in this process, from a validated
 * operation to its answer, over departments whose answers lie ready, with a ledger and without, in turn. The difference is
 * of everything, this process's departments included: ids are asked for, told and read besides. Of it, by the clock: what
 * it takes longer to write the answer and note whose it is, and to sum that up.
 *
 *   npm run bench -w test -- disclosed
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { composeSources } from '@lienthong/schema/compose';
import { AnswerWriter, Disclosure, type InProcessGateway, inProcess, type Principal } from '@lienthong/server/testing';
import { parse } from 'graphql';

import { executableDepartment } from '../fuzz/world.ts';
import { type Figure, median, printFigures, progress } from './figures.ts';
import { Answers } from './gateways/departments/answers.ts';
import { Province } from './gateways/departments/province.ts';
import { DEPARTMENTS, resolversOf } from './gateways/departments/resolvers.ts';
import { schemaFile } from './gateways/departments/serve.ts';
import { type Workload, workloads } from './gateways/workloads.ts';

const ROUNDS = 31;

/** The benchmark's departments, and whose everything is. */
const SUBJECTS = `extend schema
  @link(url: "https://specs.lienthong.example/dataSubject/v0.1", import: ["@dataSubject"])
  @composeDirective(name: "@dataSubject")
directive @dataSubject(enclosing: Boolean, path: String, argument: String, none: String) repeatable on OBJECT | FIELD_DEFINITION
`;
const WHOSE: Readonly<Record<string, string>> = {
  Citizen: 'path: "id"',
  Household: 'path: "members.id"',
  Residence: 'enclosing: true',
  Insurance: 'enclosing: true',
  Immunization: 'enclosing: true',
  Enrolment: 'enclosing: true',
  Certificate: 'enclosing: true',
  Holding: 'enclosing: true',
  Parcel: 'path: "owners.id"',
};

const declared = (sdl: string): string => {
  const typed = sdl.replaceAll(
    /^type (\w+)( @key[^{]*)? \{([^}]*)/gm,
    (text, type: string, key = '', fields: string) => {
      const whose = WHOSE[type];
      const [way] = /"(\w+)/.exec(whose ?? '')?.slice(1) ?? [];
      const has = whose !== undefined && (way === undefined || new RegExp(`^  ${way}[(:]`, 'm').test(fields));
      return has ? `type ${type}${key} @dataSubject(${whose}) {${fields}` : text;
    },
  );
  return SUBJECTS + typed.replace('"@requiresScopes"]', '"@requiresScopes", "@composeDirective"]');
};

const compose = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'lienthong-disclosed-'));
  try {
    const departments = DEPARTMENTS.map((name) => {
      const file = join(folder, `${name}.graphql`);
      writeFileSync(file, declared(readFileSync(schemaFile(name), 'utf8')));
      return { name, url: `http://${name}.invalid/graphql`, schema: [file] };
    });
    const composition = composeSources({ departments }, { folder });
    if (composition.ok) return composition.supergraph;
    throw new Error(composition.errors.map(({ message }) => message).join('\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const supergraph = compose();
const resolvers = resolversOf(new Province(1_000));
const answers = new Map(
  DEPARTMENTS.map((name) => {
    const schema = executableDepartment(readFileSync(schemaFile(name), 'utf8'));
    return [name as string, new Answers(schema, resolvers[name])] as const;
  }),
);
const gatewayWith = (ledger: boolean): Promise<InProcessGateway> =>
  inProcess({
    supergraph,
    unguarded: 'allow',
    onLog: () => {},
    ...(ledger ? { ledger: { idOf: (number: string) => number } } : {}),
    departments:
      ({ name }) =>
      async (query, variables) =>
        String(answers.get(name)?.answer(Buffer.from(JSON.stringify({ query, variables })))),
  });

const everything: Principal = {
  kind: 'authenticated',
  issuer: 'i',
  subject: 's',
  clientId: 'c',
  jti: 'j',
  expiresAt: 4_102_444_800,
  scopes: new Set(supergraph.match(/[a-z]+:[a-z]+:[a-z]+/g) ?? []),
  claims: {},
};

/** What one method took each time, in microseconds. */
const watched = (prototype: object, name: string): number[] => {
  const taken: number[] = [];
  const right = Reflect.get(prototype, name) as (...given: unknown[]) => unknown;
  Reflect.set(prototype, name, function (this: unknown, ...given: unknown[]) {
    const begin = performance.now();
    const result = right.apply(this, given);
    taken.push((performance.now() - begin) * 1_000);
    return result;
  });
  return taken;
};
const writing = watched(AnswerWriter.prototype, 'write');
const settling = watched(Disclosure.prototype, 'settle');

/** Microseconds of processor time for one request of each gateway, measured in turn. */
const measure = async (gateways: readonly InProcessGateway[], workload: Workload, calls: number) => {
  const document = parse(workload.query, { noLocation: true });
  const ask = (gateway: InProcessGateway, variant: number) =>
    gateway.ask({ document, operationName: null, variables: workload.variables(variant), principal: everything });
  const rounds = gateways.map((): number[] => []);
  const parts = gateways.map((): number[] => []);
  for (let round = -3; round < ROUNDS; round += 1) {
    for (const [index, gateway] of gateways.entries()) {
      const before = process.cpuUsage();
      for (let call = 0; call < calls; call += 1) await ask(gateway, call % workload.variants);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) {
        rounds[index]?.push((user + system) / calls);
        parts[index]?.push(median(writing) + (settling.length > 0 ? median(settling) : 0));
      }
      writing.length = 0;
      settling.length = 0;
    }
  }
  const [gateway] = gateways.slice(-1);
  const sample = gateway && (await ask(gateway, 0));
  return { medians: rounds.map(median), parts: parts.map(median), sample };
};

const gateways = [await gatewayWith(false), await gatewayWith(true)];
const figures: Figure[] = [];
for (const [workload, calls, goal] of [
  [workloads.small, 400, 15],
  [workloads.medium, 200, undefined],
  [workloads.big, 40, 150],
] as const) {
  progress(workload.name);
  const { medians, parts, sample } = await measure(gateways, workload, calls);
  const [without = 0, withLedger = 0] = medians;
  const size = Math.round(JSON.stringify(sample?.data).length / 1024);
  const persons = sample?.disclosed?.entries.size ?? 0;
  const name = `${workload.name}: ${size} KiB, ${persons} persons`;
  figures.push({ name: `${name}, without`, value: without }, { name: `${name}, gathering`, value: withLedger });
  figures.push({ name: `${name}, difference`, value: withLedger - without });
  const [plain = 0, noting = 0] = parts;
  figures.push({ name: `${name}, of it noting and summing up`, value: noting - plain, ...(goal ? { goal } : {}) });
}
printFigures('µs of CPU', figures);
await Promise.all(gateways.map((gateway) => gateway.close()));
