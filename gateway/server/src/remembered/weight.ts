/** Who is told when something that it holds becomes heavier, or lighter. */
export interface Holder {
  /** Whether anybody still counts what is told. */
  readonly isHeld: boolean;
  grow(bytes: number): void;
}

/**
 * How heavy one thing is that is made step by step: an operation is parsed, then prepared, then decided and compiled for
 * each kind of caller. Whoever holds it is told of each step.
 */
export class Weight implements Holder {
  #bytes: number;
  #holders: Holder[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isHeld(): boolean {
    return this.#holders.some(({ isHeld }) => isHeld);
  }

  /** The holder is told from now on; what is there already it has to count itself. */
  heldBy(holder: Holder): void {
    this.#holders = [...this.#holders.filter(({ isHeld }) => isHeld), holder];
  }

  grow(bytes: number): void {
    this.#bytes += bytes;
    for (const holder of this.#holders) if (holder.isHeld) holder.grow(bytes);
  }
}

/** Who makes use of something that is counted by itself. */
export class Users {
  #users: Weight[] = [];
  #next = 16;

  add(user: Weight): void {
    this.#users.push(user);
    if (this.#users.length < this.#next) return;
    this.#users = this.#users.filter(({ isHeld }) => isHeld);
    this.#next = Math.max(16, this.#users.length * 2);
  }

  /** Whether one of them is still held by anybody. */
  get any(): boolean {
    while (this.#users.length > 0 && !this.#users.at(-1)?.isHeld) this.#users.pop();
    return this.#users.length > 0;
  }
}
