/** Several processes that serve one port on one machine. */
export { NotServing, type Processes, startProcesses } from './primary.ts';
export { configOfPrimary, reportToPrimary } from './worker.ts';
