interface Entry<What> {
  readonly what: What;
  readonly milliseconds: number;
  readonly stop: () => Promise<void>;
}

/** What was started, to be stopped in a fixed order. Each stop has a bound of its own, and one that fails holds up none. */
export class StopList<What extends string> {
  readonly #order: readonly What[];
  #entries: Entry<What>[] = [];

  /** `order` names everything that may be started, from what is stopped first to what is stopped last. */
  constructor(order: readonly What[]) {
    this.#order = order;
  }

  add(what: What, milliseconds: number, stop: () => Promise<void>): void {
    this.#entries.push({ what, milliseconds, stop });
  }

  /** Stops everything that was started. Answers what did not stop in time, or how a stop failed. */
  async stopAll(stopping: (what: What) => void): Promise<string[]> {
    const place = ({ what }: Entry<What>): number => this.#order.indexOf(what);
    const entries = this.#entries.sort((one, other) => place(one) - place(other));
    this.#entries = [];
    const troubles: string[] = [];
    for (const { what, milliseconds, stop } of entries) {
      stopping(what);
      const trouble = await within(milliseconds, stop());
      if (trouble !== null) troubles.push(`${what} ${trouble}`);
    }
    return troubles;
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`did not stop within ${milliseconds / 1000} s.`), milliseconds);
  });
  const done = work.then(
    () => null,
    (error: Error) => `did not stop cleanly: ${error.message}`,
  );
  const trouble = await Promise.race([done, late]);
  clearTimeout(timer);
  return trouble;
}
