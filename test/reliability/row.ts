/** A promise, a fault or a rule that tests are tagged with: `… [F23 I04]`. */
export interface Row {
  readonly id: string;
  readonly sentence: string;
  /** Why no test is tagged with it; required while that is so. */
  readonly reason: string | null;
}

/** Reads lines `ID sentence`, with ` :: reason` where no test is expected. */
export function rowsOf(text: string): readonly Row[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [promise = '', reason = null] = line.split(' :: ');
      const [id = '', ...words] = promise.split(' ');
      return { id, sentence: words.join(' '), reason };
    });
}
