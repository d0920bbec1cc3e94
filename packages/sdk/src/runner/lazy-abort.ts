/** An AbortController that is made when it is first needed. */
export class LazyAbort {
  #controller: AbortController | null = null;
  #sentence: string | null = null;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#sentence !== null) this.abort(this.#sentence);
    return this.#controller.signal;
  }

  /** True while something of the task waits for the signal. */
  get isAwaited(): boolean {
    if (this.#controller === null) return false;
    const { getEventListeners } = process.getBuiltinModule('node:events');
    return getEventListeners(this.#controller.signal, 'abort').length > 0;
  }

  abort(sentence: string): void {
    this.#sentence = sentence;
    if (this.#controller === null || this.#controller.signal.aborted) return;
    const reason = new Error(sentence);
    reason.name = 'AbortError';
    this.#controller.abort(reason);
  }
}
