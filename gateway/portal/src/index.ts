export { registerConsole } from './console.ts';
export { registerMyData } from './my-data.ts';
export type { Bilingual, ConsoleOptions, DemoClient, DemoProvider, MyDataOptions } from './options.ts';
