export { StartError } from '../errors.ts';
export { makeKeys } from './file.ts';
export { rotateKeys } from './rotate.ts';
