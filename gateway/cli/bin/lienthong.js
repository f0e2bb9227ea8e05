#!/usr/bin/env node
// TypeScript is loaded in this very process: a wrapper child would have to pass on signals and exit codes.
import { preload } from '../src/preload.js';
import { understandTypeScript } from '../src/typescript.js';

// The kind `issuer` is the process of that name; the command reads and writes its keys alone.
await preload(process.argv[2] === 'issuer' ? undefined : process.argv[2]);
understandTypeScript();
const { main } = await import('../src/main.ts');
await main(process.argv.slice(2));
