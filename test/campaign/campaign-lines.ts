import type { LineFate, Lines } from './virtual-database.ts';
import type { Process } from './virtual-world.ts';

/** The faults of all lines, and the death that waits for a process after so many answers. */
export class CampaignLines implements Lines {
  isDown = false;
  /** No worker reaches the API server. */
  areWorkersCutOff = false;
  /** Workers of nodes that are cut off for good. */
  readonly cutOff = new Set<string>();
  readonly #fates: LineFate[] = [];
  readonly #doomed = new Map<Process, { answers: number; readonly die: () => void }>();

  next(fate: LineFate, times: number): void {
    for (let time = 0; time < times; time += 1) this.#fates.push(fate);
  }

  /** It dies after so many further answers, of the database or of the cluster. */
  doom(process: Process, answers: number, die: () => void): void {
    this.#doomed.set(process, { answers, die });
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

  served(process: Process): void {
    const doom = this.#doomed.get(process);
    if (doom === undefined) return;
    doom.answers -= 1;
    if (doom.answers >= 0) return;
    this.#doomed.delete(process);
    doom.die();
  }
}
