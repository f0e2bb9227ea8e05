import { type Department, isMain, runDepartment } from '@lienthong/kit';
import { loadCatalogue } from '@lienthong/schema/catalogue';
import type { DisclosuresData } from './data.ts';
import { createDisclosures } from './department.ts';
import { descriptionsIn } from './descriptions.ts';
import { plainWords } from './plain-words.ts';
import { proofsFrom } from './proofs.ts';
import { committedSupergraph, type Log, settingsFromEnvironment } from './settings.ts';

/** The department as a process has it: over the ledger that the environment names. */
const disclosures = (env: NodeJS.ProcessEnv, log: Log): Department<unknown, DisclosuresData> => {
  const { databaseUrl, subjectOf } = settingsFromEnvironment(env);
  return createDisclosures({
    catalogue: loadCatalogue(),
    words: plainWords(descriptionsIn(committedSupergraph())),
    subjectOf,
    proofOf: proofsFrom(databaseUrl, log),
  });
};

if (isMain(import.meta)) await runDepartment((log) => disclosures(process.env, log));
