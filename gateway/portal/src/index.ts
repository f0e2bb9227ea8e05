export { registerConsole } from './console.ts';
export type { Bilingual, ConsoleOptions, DemoClient, DemoProvider } from './options.ts';
