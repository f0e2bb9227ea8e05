export { type Answer, type Askable, ask, askEntities, post, type Question } from './ask.ts';
export { type ContractOptions, type ReferenceContract, subgraphContract } from './contract.ts';
export { type TestDatabase, testDatabase, testServerUrl } from './database.ts';
export { documentProblems } from './documents.ts';
export { type TestGateway, type TestPrincipal, type TokenFlaws, testGateway } from './gateway.ts';
export { seededDatabase } from './seeded.ts';
export { type TestSubgraph, type TestSubgraphOptions, testSubgraph } from './subgraph.ts';
