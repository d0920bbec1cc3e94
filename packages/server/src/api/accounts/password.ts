import { GantryError, type Random } from '@gantry/sdk/model';
import { hash, verify } from '@node-rs/argon2';
import { randomSecret } from '../credential.ts';

/** OWASP's figures for argon2id. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/** Each check takes 19 MiB and some 50 ms of a core, so a flood of sign-ins must not take them all. */
const MOST_AT_ONCE = 4;
const MOST_WAITING = 100;

const SHORTEST = 8;
const LONGEST = 128;

/** What guessing lists begin with, of at least eight characters and several different ones. */
const KNOWN_PASSWORDS: ReadonlySet<string> = new Set(
  `12345678 123456789 1234567890 password password1 password12 password123 passw0rd p@ssw0rd p@ssword qwertyui qwertyuiop
  qwerty123 qwerty12 1q2w3e4r 1qaz2wsx q1w2e3r4 zaq12wsx abcd1234 abc12345 asdfghjk asdfghjkl asdf1234 iloveyou
  sunshine princess football baseball superman trustno1 welcome1 welcome123 letmein1 letmein123 changeme changeme1
  changeme123 admin123 admin1234 administrator adminadmin root1234 rootroot toor1234 test1234 testtest guest123 default1
  secret123 secretpassword master123 computer internet michelle jennifer charlie1 dragon123 monkey123 shadow123
  airflow1 airflow123 gantry123 gantrygantry kubernetes postgres postgres1 11223344 12341234 87654321 123123123`.split(
    /\s+/,
  ),
);

/** A new password that is shown once: 20 characters, 120 bits. */
export function randomPassword(random: Random): string {
  return randomSecret(random).slice(0, 20);
}

/** Throws `invalid` for what is too short, too long or too well known. Lengths are in characters. */
export function requirePassword(password: string, username: string): void {
  const length = [...password].length;
  if (length < SHORTEST || length > LONGEST) {
    throw new GantryError('invalid', `password: found ${length} characters, expected ${SHORTEST} to ${LONGEST}.`);
  }
  const plain = password.toLowerCase();
  if (plain === username.toLowerCase() || KNOWN_PASSWORDS.has(plain) || new Set(plain).size < 4) {
    throw new GantryError('invalid', 'password: it is one of those that are guessed first; choose another.');
  }
}

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
