/** What was started, to be stopped in the opposite order. Each stop has a bound of its own, and one that fails holds up none. */
export class StopStack {
  readonly #stops: { readonly what: string; readonly milliseconds: number; readonly stop: () => Promise<void> }[] = [];

  push(what: string, milliseconds: number, stop: () => Promise<void>): void {
    this.#stops.push({ what, milliseconds, stop });
  }

  /** Stops everything, last started first. Answers what did not stop in time, or how a stop failed. */
  async unwind(stopping: (what: string) => void): Promise<string[]> {
    const troubles: string[] = [];
    for (let entry = this.#stops.pop(); entry !== undefined; entry = this.#stops.pop()) {
      const { what, milliseconds, stop } = entry;
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
