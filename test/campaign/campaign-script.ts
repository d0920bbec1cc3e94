import type { TriggerRule } from '@gantry/sdk/model';
import type { CallFault } from './scripted-api-server.ts';
import { VirtualWorld } from './virtual-world.ts';
import type { StreamCut, StreamMode } from './watch-feed.ts';

/** How the pod of a task comes to its end. `seconds` of the task's own work are given to each. */
export const ENDINGS = [
  'success',
  'raises',
  'out of memory',
  'evicted',
  'worker crashes',
  'exits 0 unreported',
  'image missing',
  'unschedulable for a while',
  'refused by the node',
  'container starts again',
] as const;
export type Ending = (typeof ENDINGS)[number];

export interface TaskScript {
  readonly id: string;
  readonly upstream: readonly string[];
  readonly kind: 'task' | 'pod';
  readonly retries: number;
  readonly rule: TriggerRule;
  readonly pool: 'default_pool' | 'small';
  readonly seconds: number;
}

/** The `nth` pod of a task, of all runs, ends so; those that are not named succeed. */
export interface EndingScript {
  readonly task: string;
  readonly nth: number;
  readonly ending: Ending;
}

export type Fault =
  /** After so many further answers of ports; a new one starts `away` seconds later. */
  | { readonly kind: 'kill'; readonly scheduler: number; readonly answers: number; readonly away: number }
  | { readonly kind: 'restart'; readonly scheduler: number }
  /** After so many further answers, so that it is in the middle of something. */
  | { readonly kind: 'pause'; readonly scheduler: number; readonly answers: number; readonly seconds: number }
  | { readonly kind: 'database down'; readonly seconds: number }
  | { readonly kind: 'statements'; readonly fate: 'answer lost' | 'not done'; readonly times: number }
  | { readonly kind: 'notify dropped'; readonly seconds: number }
  | { readonly kind: 'listeners lost' }
  | {
      readonly kind: 'calls';
      readonly verb: 'create' | 'delete' | 'list' | 'get';
      readonly fault: CallFault;
      readonly times: number;
    }
  | { readonly kind: 'cluster down'; readonly seconds: number }
  | { readonly kind: 'watches cut'; readonly how: StreamCut }
  | { readonly kind: 'watches silent' }
  | { readonly kind: 'history lost' }
  | { readonly kind: 'events'; readonly mode: StreamMode; readonly seconds: number }
  | { readonly kind: 'pod'; readonly deed: PodDeed; readonly which: number }
  | { readonly kind: 'workers cut off'; readonly seconds: number }
  | { readonly kind: 'user'; readonly deed: UserDeed; readonly which: number };

export type PodDeed =
  | 'delete'
  | 'force delete'
  | 'evict'
  | 'out of memory'
  | 'kill worker'
  | 'restart container'
  | 'lose node'
  | 'cut node off';
export type UserDeed = 'clear' | 'mark success' | 'mark failed' | 'fail run' | 'new run';

export interface CampaignScript {
  readonly seed: number;
  readonly schedulers: number;
  readonly runs: number;
  /** Pods of one page of a list. */
  readonly pageSize: number;
  readonly tasks: readonly TaskScript[];
  readonly endings: readonly EndingScript[];
  /** `at`: in seconds. */
  readonly faults: readonly (Fault & { readonly at: number })[];
}

/** Faults begin before this many seconds, and all are over by then. */
export const HEALED_SECONDS = 150;

const RULES: readonly TriggerRule[] = [
  'all_success',
  'all_success',
  'all_success',
  'all_done',
  'one_success',
  'none_failed',
];
const CUTS: readonly StreamCut[] = ['reset', 'half line', 'garbage', 'error 410', 'error 500', 'close'];
const MODES: readonly StreamMode[] = ['drop', 'double', 'delay', 'shuffle'];
const POD_DEEDS: readonly PodDeed[] = [
  'delete',
  'force delete',
  'evict',
  'out of memory',
  'kill worker',
  'restart container',
  'lose node',
  'cut node off',
];
const USER_DEEDS: readonly UserDeed[] = ['clear', 'mark success', 'mark failed', 'fail run', 'new run'];
const CALLS: readonly (readonly ['create' | 'delete' | 'list' | 'get', readonly CallFault[]])[] = [
  ['create', ['429', '500', 'quota', 'done, not answered', 'neither done nor answered']],
  ['delete', ['429', '500', 'done, not answered']],
  ['list', ['429', '500', 'empty', 'stale', 'page expired', 'neither done nor answered']],
  ['get', ['500', 'neither done nor answered']],
];

/** Draws from one stream of a seed. */
class Dice {
  readonly #world: VirtualWorld;

  constructor(seed: number) {
    this.#world = new VirtualWorld(seed);
  }

  between(least: number, most: number): number {
    return this.#world.between('script', least, most);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.between(0, items.length - 1)]!;
  }

  chance(share: number): boolean {
    return this.#world.fraction('script') < share;
  }
}

/** The script of a seed: a DAG, how its pods end, and what goes wrong meanwhile. */
export function scriptOf(seed: number): CampaignScript {
  const dice = new Dice(seed);
  const tasks = Array.from({ length: dice.between(2, 6) }, (_, index) => randomTask(dice, index));
  const endings = tasks.flatMap(({ id, kind }) =>
    [0, 1, 2].flatMap((nth) => (dice.chance(0.25) ? [{ task: id, nth, ending: randomEnding(dice, kind) }] : [])),
  );
  const schedulers = dice.chance(0.6) ? 2 : 1;
  const count = dice.between(0, 7);
  const faults = Array.from({ length: count }, () => ({
    at: dice.between(1, HEALED_SECONDS - 30),
    ...randomFault(dice, schedulers),
  })).sort((one, other) => one.at - other.at);
  return { seed, schedulers, runs: dice.between(1, 2), pageSize: dice.of([2, 250]), tasks, endings, faults };
}

function randomTask(dice: Dice, index: number): TaskScript {
  const upstream = Array.from({ length: index }, (_, above) => `t${above}`).filter(() => dice.chance(0.4));
  return {
    id: `t${index}`,
    upstream,
    kind: dice.chance(0.25) ? 'pod' : 'task',
    retries: dice.between(0, 2),
    rule: upstream.length === 0 ? 'all_success' : dice.of(RULES),
    pool: dice.chance(0.3) ? 'small' : 'default_pool',
    seconds: dice.of([1, 3, 8, 20, 70]),
  };
}

function randomEnding(dice: Dice, kind: TaskScript['kind']): Ending {
  if (kind === 'task') return dice.of(ENDINGS);
  return dice.of(['raises', 'out of memory', 'evicted', 'image missing', 'refused by the node'] as const);
}

function randomFault(dice: Dice, schedulers: number): Fault {
  const scheduler = dice.between(0, schedulers - 1);
  const makers: readonly (() => Fault)[] = [
    () => ({ kind: 'kill', scheduler, answers: dice.between(0, 12), away: dice.between(1, 25) }),
    () => ({ kind: 'kill', scheduler, answers: dice.between(0, 12), away: dice.between(1, 25) }),
    () => ({ kind: 'restart', scheduler }),
    () => ({ kind: 'pause', scheduler, answers: dice.between(0, 12), seconds: dice.between(5, 70) }),
    () => ({ kind: 'database down', seconds: dice.between(2, 30) }),
    () => ({ kind: 'statements', fate: dice.of(['answer lost', 'not done'] as const), times: dice.between(1, 4) }),
    () => ({ kind: 'notify dropped', seconds: dice.between(10, 60) }),
    () => ({ kind: 'listeners lost' }),
    () => randomCalls(dice),
    () => randomCalls(dice),
    () => ({ kind: 'calls', verb: 'list', fault: 'empty', times: 3 }),
    () => ({ kind: 'cluster down', seconds: dice.between(5, 60) }),
    () => ({ kind: 'watches cut', how: dice.of(CUTS) }),
    () => ({ kind: 'watches silent' }),
    () => ({ kind: 'history lost' }),
    () => ({ kind: 'events', mode: dice.of(MODES), seconds: dice.between(5, 60) }),
    () => ({ kind: 'pod', deed: dice.of(POD_DEEDS), which: dice.between(0, 9) }),
    () => ({ kind: 'pod', deed: dice.of(POD_DEEDS), which: dice.between(0, 9) }),
    () => ({ kind: 'workers cut off', seconds: dice.between(5, 100) }),
    () => ({ kind: 'user', deed: dice.of(USER_DEEDS), which: dice.between(0, 9) }),
  ];
  return dice.of(makers)();
}

function randomCalls(dice: Dice): Fault {
  const [verb, faults] = dice.of(CALLS);
  return { kind: 'calls', verb, fault: dice.of(faults), times: dice.between(1, 4) };
}
