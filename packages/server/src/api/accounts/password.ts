import { GantryError } from '@gantry/sdk/model';
import { hash, verify } from '@node-rs/argon2';

/** OWASP's figures for argon2id. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/** Each check takes 19 MiB and some 50 ms of a core, so a flood of sign-ins must not take them all. */
const MOST_AT_ONCE = 4;
const MOST_WAITING = 100;

export async function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** Checks passwords, a few at a time. */
export class PasswordCheck {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * True when the password fits. A null hash (no such account) takes as long as a wrong password, so that names cannot
   * be guessed by time. Throws `too_many_requests` when too many wait.
   */
  async fits(passwordHash: string | null, password: string): Promise<boolean> {
    await this.#turn();
    try {
      const found = await verify(passwordHash ?? (await hashOfNobody()), password);
      return found && passwordHash !== null;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /** A place that gets free goes to the one who waits longest. */
  async #turn(): Promise<void> {
    if (this.#running < MOST_AT_ONCE) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) {
      throw new GantryError('too_many_requests', 'Too many sign-ins at once; try again in 5 seconds.');
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

let unknownHash: Promise<string> | null = null;

function hashOfNobody(): Promise<string> {
  unknownHash ??= hashPassword('nobody has this password');
  return unknownHash;
}
