import type { LineFate, Lines } from './virtual-database.ts';
import type { Process } from './virtual-world.ts';

/** The faults of all lines, and what waits for a process after so many answers. */
export class CampaignLines implements Lines {
  isDown = false;
  /** No worker reaches the API server. */
  areWorkersCutOff = false;
  /** Workers of nodes that are cut off for good. */
  readonly cutOff = new Set<string>();
  /** Told of each statement that the server has carried out. */
  onServed: (name: string) => void = () => {};
  readonly #fates: LineFate[] = [];
  readonly #waiting = new Map<Process, { answers: number; readonly strike: () => void }>();

  next(fate: LineFate, times: number): void {
    for (let time = 0; time < times; time += 1) this.#fates.push(fate);
  }

  /** Something happens to a process after so many further answers, of the database or of the cluster. */
  after(process: Process, answers: number, strike: () => void): void {
    this.#waiting.set(process, { answers, strike });
  }

  heal(): void {
    this.isDown = false;
    this.areWorkersCutOff = false;
    this.#fates.length = 0;
  }

  fateOf({ name }: Process): LineFate {
    if (name === 'user') return 'answered';
    const isWorker = name.startsWith('worker');
    if (this.isDown || this.cutOff.has(name) || (isWorker && this.areWorkersCutOff)) return 'refused';
    return this.#fates.shift() ?? 'answered';
  }

  served(process: Process, name = ''): void {
    this.onServed(name);
    const waiting = this.#waiting.get(process);
    if (waiting === undefined) return;
    waiting.answers -= 1;
    if (waiting.answers >= 0) return;
    this.#waiting.delete(process);
    waiting.strike();
  }
}
