import { type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines on standard error: one object a line, with the name of the process. */
export function openLog(part: string, level: string): Log {
  return pino(
    {
      name: part,
      level,
      base: { name: part },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: plainError },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** Message and code only: stacks stay out of operators' logs. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  return { message: error.message, ...(code === undefined ? {} : { code }) };
}
