import type { CampaignLedger } from './campaign-ledger.ts';
import type { Container } from './container.ts';
import type { Process, VirtualWorld } from './virtual-world.ts';

export interface ImageParts {
  readonly world: VirtualWorld;
  readonly ledger: CampaignLedger;
  readonly process: Process;
  readonly attemptId: string;
  readonly seconds: number;
  readonly exitCode: number;
  readonly exited: (exitCode: number) => void;
}

/** A container without a worker: it runs as soon as it starts, and its exit code is its only word. */
export class ImageContainer implements Container {
  readonly #parts: ImageParts;
  #isOver = false;

  constructor(parts: ImageParts) {
    this.#parts = parts;
  }

  start(): void {
    const { world, ledger, process, attemptId, seconds, exitCode } = this.#parts;
    ledger.started(attemptId);
    world.after(seconds * 1000, process, () => this.#end(exitCode, exitCode === 0 ? 'returned' : 'raised'));
  }

  terminate(): void {
    const { world, process } = this.#parts;
    world.after(world.between(process.name, 10, 3000), process, () => this.#end(143, 'killed'));
  }

  kill(exitCode: number): void {
    this.#end(exitCode, 'killed');
  }

  #end(exitCode: number, how: 'returned' | 'raised' | 'killed'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { ledger, attemptId, process, exited } = this.#parts;
    ledger.ended(attemptId, how);
    process.isDead = true;
    exited(exitCode);
  }
}
