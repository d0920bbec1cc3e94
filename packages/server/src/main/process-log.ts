import { type DestinationStream, type Logger, pino } from 'pino';
import { readLogLine, WARNING_LEVEL } from './log-line.ts';

export type Log = Logger;

const ERROR_LEVEL = 50;

/** On standard error: a JSON object a line, with the name of the process; for a person at a terminal a plain line. */
export function openLog(part: string, level: string): Log {
  return pino(
    {
      name: part,
      level,
      base: { name: part },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: plainError },
    },
    process.stderr.isTTY ? plainLines(part) : pino.destination({ fd: 2, sync: true }),
  );
}

function plainLines(part: string): DestinationStream {
  return {
    write(line) {
      const { level, text, time } = readLogLine(line);
      const mark = level >= ERROR_LEVEL ? 'error: ' : level >= WARNING_LEVEL ? 'warning: ' : '';
      process.stderr.write(`${time.slice(11, 19)} ${part}: ${mark}${text}\n`);
    },
  };
}

/** Message and code only: stacks stay out of operators' logs. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  return { message: error.message, ...(code === undefined ? {} : { code }) };
}
