/** The public door of the SDK: what a DAG file imports. */
export type {
  BundledDag,
  ConnectionValue,
  Json,
  JsonObject,
  RunType,
  TriggerRule,
} from '../model/index.ts';
export { type BranchChoice, branch } from './branch.ts';
export { chain, crossDownstream } from './chain.ts';
export { dag } from './dag.ts';
export type { DagOptions } from './dag-options.ts';
export { DagDefinitionError } from './definition-error.ts';
export type { Duration } from './duration.ts';
export { empty } from './empty.ts';
export type { ExecutorConfig } from './executor-config.ts';
export type { FreeBackoff, OnFailure, OnOom } from './failure-policy.ts';
export { type GroupOptions, group } from './group.ts';
export { type KubernetesPodOptions, kubernetesPod } from './kubernetes-pod.ts';
export type { Moment } from './moment.ts';
export type { Params } from './params.ts';
export type { PodOverride } from './pod-types.ts';
export type { CronSchedule, DurationSchedule, Schedule, SchedulePreset } from './schedule.ts';
export { type ShortCircuitOptions, shortCircuit } from './short-circuit.ts';
export { FailWithoutRetry, SkipTask } from './steering.ts';
export type { Stored } from './stored.ts';
export { task } from './task.ts';
export type {
  Connections,
  RunFactsOfContext,
  TaskContext,
  TaskFactsOfContext,
  TaskLogger,
  Variables,
  XComAddress,
  XComs,
} from './task-context.ts';
export type { TaskFactory, TaskFunction } from './task-factory.ts';
export type { TaskOptions } from './task-options.ts';
export type { Group, Step, Steps, TaskRef } from './task-ref.ts';
export type { Wired } from './wired.ts';
