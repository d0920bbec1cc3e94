import type { Clock } from '@gantry/sdk/model';
import { printable } from '../output/printable.ts';
import { duration, shortTime } from '../output/time.ts';
import type { ProgressBody, TaskInstanceBody } from '../rest/bodies.ts';
import { nameOf, placeOf, RunPicture, whyOf } from './run-picture.ts';
import type { RunView } from './run-view.ts';

/** One line with the time for each change, for files, pipes and continuous integration. */
export class PlainView implements RunView {
  readonly #picture = new RunPicture();
  readonly #write: (text: string) => void;
  readonly #clock: Clock;
  #runState = '';

  constructor(write: (text: string) => void, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  show(progress: ProgressBody): void {
    for (const instance of this.#picture.apply(progress)) this.#line(describe(instance));
    if (this.#picture.state === this.#runState) return;
    this.#runState = this.#picture.state;
    this.#line(`run is ${this.#runState}`);
  }

  say(line: string): void {
    this.#write(`${line}\n`);
  }

  end(): void {}

  #line(text: string): void {
    const time = shortTime(new Date(this.#clock.now()).toISOString());
    this.#write(`${time} ${printable(text).replaceAll('\n', ' ')}\n`);
  }
}

function describe(instance: TaskInstanceBody): string {
  const parts = [placeOf(instance), isOver(instance) ? duration(instance.duration) : '', whyOf(instance)];
  const told = parts.filter((part) => part !== '').join(', ');
  return `${nameOf(instance)} is ${instance.state ?? 'none'}${told === '' ? '' : ` (${told})`}`;
}

function isOver({ end_date: endDate, state }: TaskInstanceBody): boolean {
  return endDate !== null && state !== 'running';
}
