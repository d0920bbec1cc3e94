import { useEffect, useMemo, useRef, useState } from 'react';
import { Refusal } from '../api/call.ts';
import { LogBuffer } from './log-buffer.ts';
import { followLog, type LogOf } from './read-log.ts';

const PAUSE_MILLISECONDS = 2000;

export interface FollowedLog {
  readonly buffer: LogBuffer;
  /** `reading` until the log has an end. */
  readonly state: 'reading' | 'complete';
  readonly error: Error | null;
}

/**
 * Follows a log while it is shown. What breaks off is taken up again behind the lines that are here: a log only grows.
 * `isUnderWay` is false when the try is over, so that an end of the answer is the end of the log.
 */
export function useLog(of: LogOf, isUnderWay: boolean): FollowedLog {
  const { dag_id, dag_run_id, task_id, try_number } = of.path;
  const { mapIndex } = of;
  const log = useMemo<LogOf>(
    () => ({ path: { dag_id, dag_run_id, task_id, try_number }, mapIndex }),
    [dag_id, dag_run_id, task_id, try_number, mapIndex],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another log has other lines.
  const buffer = useMemo(() => new LogBuffer(), [log]);
  const goesOn = useRef(isUnderWay);
  goesOn.current = isUnderWay;
  const [state, setState] = useState<'reading' | 'complete'>('reading');
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    setState('reading');
    const once = async (): Promise<void> => {
      let known = buffer.count;
      for await (const entries of followLog(log, stop.signal)) {
        const news = entries.slice(Math.min(known, entries.length));
        known = Math.max(0, known - entries.length);
        buffer.append(news);
        setError(null);
      }
    };
    const follow = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        try {
          await once();
          if (!goesOn.current) return setState('complete');
        } catch (failure) {
          if (stop.signal.aborted) return;
          setError(failure instanceof Error ? failure : new Error(String(failure)));
          if (failure instanceof Refusal && failure.status >= 400 && failure.status < 500) return;
        }
        await pause(stop.signal);
      }
    };
    void follow();
    return () => stop.abort();
  }, [log, buffer]);
  return { buffer, state, error };
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MILLISECONDS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
