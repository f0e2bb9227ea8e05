/** A plan holds something that this engine does not run; the reference engine runs such an operation. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}
