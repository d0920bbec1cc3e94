import type { ProgressBody } from '../rest/bodies.ts';

/** How a run that goes on is shown. */
export interface RunView {
  show(progress: ProgressBody): void;
  /** A line from elsewhere, e.g. a warning of a process; it must not tear the picture. */
  say(line: string): void;
  /** The picture stays as it is. */
  end(): void;
}
