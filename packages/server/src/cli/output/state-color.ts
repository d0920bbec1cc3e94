import type { RunState, TaskState } from '@gantry/sdk/model';
import type { Colors } from './terminal.ts';

type Color = 'green' | 'red' | 'cyan' | 'yellow' | 'dim' | 'magenta';

const COLORS = {
  none: 'dim',
  scheduled: 'dim',
  queued: 'yellow',
  running: 'cyan',
  success: 'green',
  failed: 'red',
  skipped: 'magenta',
  upstream_failed: 'red',
  up_for_retry: 'yellow',
  restarting: 'yellow',
  removed: 'dim',
} as const satisfies Record<TaskState | RunState, Color>;

/** The paint of a state's word; a state of a newer server stays plain. */
export function stateColor(colors: Colors, state: string): (text: string) => string {
  return Object.hasOwn(COLORS, state) ? colors[COLORS[state as keyof typeof COLORS]] : (text) => text;
}
