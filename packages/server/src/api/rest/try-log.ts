import { GantryError, isFinished, type LogLine } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import type { TaskInstanceRow } from '../../store/list-task-instances.ts';
import { readLogChunks } from '../../store/read-log-chunks.ts';
import { readTryAttempts, type TryAttempt } from '../../store/read-try-attempts.ts';

/** How far a log was read: behind a chunk of one of the try's attempts. */
export interface LogPosition {
  readonly attemptId: string;
  readonly chunk: number;
}

export interface LogPage {
  readonly entries: readonly LogEntry[];
  readonly position: LogPosition | null;
  /** True when nothing will ever follow. */
  readonly isComplete: boolean;
}

/** A line in Airflow's shape. */
export interface LogEntry {
  readonly timestamp: string;
  readonly level: LogLine['level'];
  readonly logger: string;
  readonly event: string;
}

const CHUNKS_A_READ = 50;

const LOGGERS = { stdout: 'task.stdout', stderr: 'task.stderr', log: 'task' } as const;

/**
 * What follows in the log of a try: its attempts one after another, each in the order of its chunks. The state is read
 * before the chunks, so that "complete" is never said too early. Throws `not_found` for a try that never was.
 */
export async function readTryLog(
  db: Queryable,
  instance: TaskInstanceRow,
  tryNumber: number,
  position: LogPosition | null,
): Promise<LogPage> {
  const of = { runKey: instance.run_key, taskIndex: instance.task_index, mapIndex: instance.map_index, tryNumber };
  const attempts = await readTryAttempts(db, of);
  if (attempts.length === 0) return withoutAttempt(instance, tryNumber);
  const first = position === null ? 0 : attempts.findIndex(({ attemptId }) => attemptId === position.attemptId);
  if (first < 0)
    throw new GantryError('bad_request', 'token: it is of another try; leave it out to read from the start.');
  const entries: LogEntry[] = [];
  let reached = position;
  for (const attempt of attempts.slice(first)) {
    const after = reached?.attemptId === attempt.attemptId ? reached.chunk : 0;
    const chunks = await readInOrder(db, attempt, after);
    entries.push(...chunks.flatMap(({ lines }) => entriesOf(lines)));
    reached = { attemptId: attempt.attemptId, chunk: chunks.at(-1)?.chunk ?? after };
    // What may still come stands before whatever the next attempt says.
    if (attempt.isOpen || chunks.length === CHUNKS_A_READ) return { entries, position: reached, isComplete: false };
  }
  return { entries, position: reached, isComplete: !isUnderWay(instance, tryNumber) };
}

/** Chunks of an open attempt up to the first gap: what is missing may be on its way. */
async function readInOrder(db: Queryable, attempt: TryAttempt, after: number) {
  const chunks = await readLogChunks(db, attempt.attemptId, after, CHUNKS_A_READ);
  if (!attempt.isOpen) return chunks;
  const gap = chunks.findIndex(({ chunk }, place) => chunk !== after + 1 + place);
  return gap < 0 ? chunks : chunks.slice(0, gap);
}

function withoutAttempt(instance: TaskInstanceRow, tryNumber: number): LogPage {
  if (tryNumber < 1 || tryNumber > instance.try_number + 1) {
    throw new GantryError(
      'not_found',
      `The task ${instance.task_id} has no try ${tryNumber}; it has had ${instance.try_number}.`,
    );
  }
  return { entries: [], position: null, isComplete: isFinished(instance.state) || tryNumber < instance.try_number };
}

/** True while the try goes on, or another attempt of it may follow without spending a retry. */
function isUnderWay({ state, try_number: present }: TaskInstanceRow, tryNumber: number): boolean {
  return present === tryNumber && ['scheduled', 'queued', 'running', 'restarting'].includes(state);
}

function entriesOf(lines: string): LogEntry[] {
  if (lines === '') return [];
  return lines.split('\n').map((text) => {
    const line = JSON.parse(text) as LogLine;
    const at = new Date(line.at);
    return {
      timestamp: Number.isNaN(at.getTime()) ? '1970-01-01T00:00:00.000Z' : at.toISOString(),
      level: line.level,
      logger: LOGGERS[line.stream],
      event: line.text,
    };
  });
}
