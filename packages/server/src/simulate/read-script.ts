import { type DagSpec, FAILURE_CLASSES, GantryError, nearestName } from '@gantry/sdk/model';
import type { SimulatedEnd, SimulatedOutcome, SimulationScript } from '@gantry/sdk/testing';

const ENDS: readonly SimulatedEnd[] = ['success', 'skipped', ...FAILURE_CLASSES];
const FIELDS: readonly (keyof SimulatedOutcome)[] = ['end', 'seconds', 'retryable', 'follow', 'stops'];

/** Outcomes by task id, in order. Throws `invalid` with a sentence for what the DAG or the simulator does not know. */
export function readScript(spec: DagSpec, script: SimulationScript): ReadonlyMap<string, readonly SimulatedOutcome[]> {
  const taskIds = spec.tasks.map(({ taskId }) => taskId);
  return new Map(
    Object.entries(script).map(([taskId, outcomes]) => {
      const task = spec.tasks.find((one) => one.taskId === taskId);
      if (task === undefined) refuse(`DAG ${spec.dagId} has no task ${taskId}.`, nearestName(taskId, taskIds));
      if (task.kind === 'empty') refuse(`Task ${taskId} is empty(): it has no attempts.`, null);
      if (!Array.isArray(outcomes)) refuse(`The script of task ${taskId} is no list of outcomes.`, null);
      return [taskId, outcomes.map((outcome, place) => readOutcome(outcome, `${taskId}[${place}]`))];
    }),
  );
}

function readOutcome(given: SimulatedEnd | SimulatedOutcome, place: string): SimulatedOutcome {
  const outcome = typeof given === 'string' ? { end: given } : given;
  if (typeof outcome !== 'object' || outcome === null)
    refuse(`${place} is ${JSON.stringify(given)}; expected an outcome.`, null);
  for (const name of Object.keys(outcome))
    if (!(FIELDS as readonly string[]).includes(name))
      refuse(`${place} has no field ${name}.`, nearestName(name, FIELDS));
  const { end, seconds } = outcome;
  if (!ENDS.includes(end)) {
    const near = typeof end === 'string' ? nearestName(end, ENDS) : null;
    refuse(`${place} ends with ${JSON.stringify(end)}; expected one of ${ENDS.join(', ')}.`, near);
  }
  if (seconds !== undefined && !(Number.isFinite(seconds) && seconds >= 0))
    refuse(`${place} runs ${JSON.stringify(seconds)} seconds; expected a number of at least 0.`, null);
  return outcome;
}

function refuse(sentence: string, near: string | null): never {
  throw new GantryError('invalid', near === null ? sentence : `${sentence} Did you mean ${near}?`);
}
