export {
  ADMISSION_CODES,
  type AdmissionCode,
  AdmissionError,
  type Problem,
  type Refusal,
} from '../admission/refusal.ts';
export {
  type Comparison,
  type ComposeOptions,
  type Composition,
  compose,
  composeDepartments,
  composeSources,
} from './compose.ts';
export { type ComposeConfig, type DepartmentConfig, readComposeConfig } from './config.ts';
export { rulesJson } from './rules-json.ts';
export { type ComposeIo, type RunOptions, runCompose } from './run.ts';
