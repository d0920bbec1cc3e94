/** A queue of task numbers in the order of their rank, each at most once at a time: a binary heap. */
export class RankQueue {
  readonly #rank: readonly number[];
  readonly #heap: number[] = [];
  readonly #queued = new Set<number>();

  constructor(rank: readonly number[]) {
    this.#rank = rank;
  }

  /** Does nothing when it is queued already. */
  push(index: number): void {
    if (this.#queued.has(index)) return;
    this.#queued.add(index);
    this.#heap.push(index);
    this.#rise(this.#heap.length - 1);
  }

  /** Takes the one of the smallest rank; undefined when empty. */
  pop(): number | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    this.#queued.delete(first);
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #rise(from: number): void {
    for (let place = from; place > 0; ) {
      const parent = (place - 1) >> 1;
      if (this.#rankAt(parent) <= this.#rankAt(place)) return;
      this.#swap(parent, place);
      place = parent;
    }
  }

  #sink(): void {
    for (let place = 0; ; ) {
      const left = 2 * place + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const lesser = right < this.#heap.length && this.#rankAt(right) < this.#rankAt(left) ? right : left;
      if (this.#rankAt(place) <= this.#rankAt(lesser)) return;
      this.#swap(place, lesser);
      place = lesser;
    }
  }

  #rankAt(place: number): number {
    return this.#rank[this.#heap[place]!]!;
  }

  #swap(left: number, right: number): void {
    const kept = this.#heap[left]!;
    this.#heap[left] = this.#heap[right]!;
    this.#heap[right] = kept;
  }
}
