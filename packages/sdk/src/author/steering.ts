import type { SteeringError } from '../model/index.ts';

/** Thrown by a task function: the task ends `skipped`. Airflow: AirflowSkipException. */
export class SkipTask extends Error implements SteeringError {
  readonly gantryKind = 'skip';

  constructor(message = 'The task skipped itself.', options?: ErrorOptions) {
    super(message, options);
    this.name = 'SkipTask';
  }
}

/** Thrown by a task function: the task fails at once, whatever retries are left. Airflow: AirflowFailException. */
export class FailWithoutRetry extends Error implements SteeringError {
  readonly gantryKind = 'fail_without_retry';

  constructor(message = 'The task failed and asked for no retry.', options?: ErrorOptions) {
    super(message, options);
    this.name = 'FailWithoutRetry';
  }
}
