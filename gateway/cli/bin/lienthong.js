#!/usr/bin/env node
// TypeScript is loaded in this very process: a wrapper child would have to pass on signals and exit codes.
import { preload } from '../src/preload.js';
import { understandTypeScript } from '../src/typescript.js';

await preload(process.argv[2]);
understandTypeScript();
const { main } = await import('../src/main.ts');
await main(process.argv.slice(2));
