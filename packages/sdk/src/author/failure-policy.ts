import {
  type FailurePolicy,
  type FailureRule,
  type MemoryGrowth,
  POLICY_CLASSES,
  type PolicyClass,
} from '../model/index.ts';
import { type Duration, duration } from './duration.ts';
import { integer, knownOptions, type Reader, wrong } from './option-readers.ts';

/** Waits between free retries. What is left out comes from the configuration: 10 seconds, twice as long each time, 5 minutes. */
export interface FreeBackoff {
  readonly first?: Duration;
  /** 1 to 100. */
  readonly factor?: number;
  readonly max?: Duration;
}

type RuleOption =
  /** Spends one of `retries`. */
  | { readonly action: 'retry' }
  /** Launches again without spending a retry, at most `budget` times in one try. */
  | { readonly action: 'retry_free'; readonly budget?: number; readonly backoff?: FreeBackoff }
  /** Fails at once. */
  | { readonly action: 'fail' };

/** A rule for each class of failure that shall not have the one of the configuration. */
export type OnFailure = { readonly [Name in PolicyClass]?: RuleOption };

/** A Kubernetes quantity of memory: '512Mi', '8Gi'. */
type Memory = `${number}${'Ki' | 'Mi' | 'Gi' | 'Ti' | 'k' | 'M' | 'G' | 'T'}`;

/** Each attempt after running out of memory gets `factor` times the memory, and never more than `max`. */
export interface OnOom {
  /** More than 1, at most 10; 2. */
  readonly factor?: number;
  readonly max: Memory;
}

const ACTIONS = '"retry", "retry_free" or "fail"';

const numberBetween =
  (least: number, most: number): Reader<number> =>
  (value, place) => {
    if (typeof value === 'number' && value >= least && value <= most) return value;
    throw wrong(place, `a number from ${least} to ${most}`, value);
  };

export const onFailure: Reader<FailurePolicy> = (value, place) => {
  if (value === null) throw wrong(place, 'an object with a rule for each class of failure', value);
  const given = knownOptions(value, POLICY_CLASSES, place);
  const classes = POLICY_CLASSES.filter((name) => given[name] !== undefined);
  return Object.fromEntries(classes.map((name) => [name, rule(given[name], `${place}.${name}`)]));
};

const rule: Reader<FailureRule> = (value, place) => {
  const { action, ...rest } = knownOptions(value, ['action', 'budget', 'backoff'], place);
  if (action === 'retry_free') return { action, ...freeRetries(rest, place) };
  if (action !== 'retry' && action !== 'fail') throw wrong(`${place}.action`, ACTIONS, action);
  // Of the two others each has nothing to be set: a budget beside them is a misunderstanding.
  knownOptions(value, ['action'], `${place} with the action "${action}"`);
  return { action };
};

function freeRetries({ budget, backoff }: { readonly [name: string]: unknown }, place: string) {
  const { first, factor, max } = knownOptions(backoff, ['first', 'factor', 'max'], `${place}.backoff`);
  return {
    ...(budget === undefined ? {} : { budget: integer(0)(budget, `${place}.budget`) }),
    ...(first === undefined ? {} : { firstSeconds: duration(first, `${place}.backoff.first`) }),
    ...(factor === undefined ? {} : { factor: numberBetween(1, 100)(factor, `${place}.backoff.factor`) }),
    ...(max === undefined ? {} : { maxSeconds: duration(max, `${place}.backoff.max`) }),
  };
}

export const onOom: Reader<MemoryGrowth> = (value, place) => {
  const { factor = 2, max } = knownOptions(value, ['factor', 'max'], place);
  if (typeof factor !== 'number' || !(factor > 1 && factor <= 10))
    throw wrong(`${place}.factor`, 'a number above 1 and at most 10', factor);
  if (typeof max !== 'string' || !/^\d+(\.\d+)?([KMGT]i|[kMGT])$/.test(max) || Number.parseFloat(max) === 0)
    throw wrong(`${place}.max`, 'a quantity of memory such as "512Mi" or "8Gi"', max);
  return { factor, max };
};
