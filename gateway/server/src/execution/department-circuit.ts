/** `closed`: calls are made. `open`: none is. `half-open`: one is out, and what becomes of it decides. */
export type CircuitState = 'closed' | 'half-open' | 'open';

export interface CircuitSettings {
  /** Calls in a row that failed, after which the circuit opens. */
  readonly failures: number;
  /** Milliseconds until one call is tried again. */
  readonly pause: number;
}

/**
 * Keeps calls away from a department that does not answer: who asks is told at once, the gateway holds nothing for it, and
 * the department is not met by everybody the moment it comes back.
 *
 * Every change of state begins a new generation. A call counts in its own alone: fifty that hang from before a failure must
 * not open the circuit again after the department has answered.
 */
export class Circuit {
  readonly #settings: CircuitSettings;
  readonly #changed: (state: CircuitState) => void;
  #state: CircuitState = 'closed';
  #generation = 0;
  #failures = 0;
  #until = 0;

  constructor(settings: CircuitSettings, changed: (state: CircuitState) => void) {
    this.#settings = settings;
    this.#changed = changed;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /**
   * Whether a call may be made now: the generation it belongs to, or undefined. Where it is the one that tries, it has to
   * end in `succeeded`, `failed` or `undecided`.
   *
   * @param now milliseconds of a clock that never goes back
   */
  admit(now: number): number | undefined {
    if (this.#state === 'closed') return this.#generation;
    if (this.#state === 'half-open' || now < this.#until) return undefined;
    this.#become('half-open');
    return this.#generation;
  }

  succeeded(generation: number): void {
    if (generation !== this.#generation) return;
    this.#failures = 0;
    if (this.#state === 'half-open') this.#become('closed');
  }

  failed(generation: number, now: number): void {
    if (generation !== this.#generation) return;
    this.#failures += 1;
    if (this.#state === 'half-open' || this.#failures >= this.#settings.failures)
      this.#open(now + this.#settings.pause);
  }

  /** A call ended by no fault of the department: the next one tries, if this one was to. */
  undecided(generation: number, now: number): void {
    if (generation === this.#generation && this.#state === 'half-open') this.#open(now);
  }

  #open(until: number): void {
    this.#until = until;
    this.#failures = 0;
    this.#become('open');
  }

  #become(state: CircuitState): void {
    this.#state = state;
    this.#generation += 1;
    this.#changed(state);
  }
}
