import type { LogLine } from '../model/execution-api.ts';
import { tidyText } from './log-chunks.ts';
import { write } from './say.ts';

type LogWord = (message: unknown, ...values: readonly unknown[]) => void;

/** `context.log`: formats as util.format does. */
export interface TaskLog {
  readonly debug: LogWord;
  readonly info: LogWord;
  readonly warning: LogWord;
  readonly error: LogWord;
}

/** Makes `context.log`; its lines go to `take` with the secrets masked, and to the real stdout for whoever looks there. */
export function makeTaskLog(take: (line: LogLine) => void, now: () => number, mask: (text: string) => string): TaskLog {
  const word =
    (level: LogLine['level']): LogWord =>
    (message, ...values) => {
      for (const part of mask(format(message, values)).split('\n')) {
        const text = tidyText(part);
        take({ at: now(), level, stream: 'log', text });
        write(1, `${level.toUpperCase()} ${text}\n`);
      }
    };
  return { debug: word('debug'), info: word('info'), warning: word('warning'), error: word('error') };
}

function format(message: unknown, values: readonly unknown[]): string {
  if (typeof message === 'string' && values.length === 0) return message;
  return process.getBuiltinModule('node:util').format(message, ...values);
}
