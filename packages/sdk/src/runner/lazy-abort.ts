/** An AbortController that is made when it is first needed. */
export class LazyAbort {
  #controller: AbortController | null = null;
  #sentence: string | null = null;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#sentence !== null) this.abort(this.#sentence);
    return this.#controller.signal;
  }

  abort(sentence: string): void {
    this.#sentence = sentence;
    if (this.#controller === null || this.#controller.signal.aborted) return;
    const reason = new Error(sentence);
    reason.name = 'AbortError';
    this.#controller.abort(reason);
  }
}
