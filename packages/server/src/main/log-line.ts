/** A line of one of Gantry's processes, read back. */
export interface LogLine {
  /** pino's numbers: 30 info, 40 warning, 50 error. */
  readonly level: number;
  readonly text: string;
  /** ISO 8601 in UTC; empty for a line that is not the log's. */
  readonly time: string;
}

export const WARNING_LEVEL = 40;
const INFO_LEVEL = 30;
const LONGEST = 2_000;

/** Reads a JSON line of the log; any other line is what a dying process leaves, which is for the file only. */
export function readLogLine(line: string): LogLine {
  const { level, msg, err, time } = parse(line);
  if (typeof level !== 'number') return { level: INFO_LEVEL, text: line.slice(0, LONGEST), time: '' };
  const reason = (err as { message?: unknown } | undefined)?.message;
  const said = typeof msg === 'string' ? msg : '';
  const text = typeof reason === 'string' && !said.includes(reason) ? `${said} ${reason}`.trim() : said;
  return { level, text: text.slice(0, LONGEST), time: typeof time === 'string' ? time : '' };
}

function parse(line: string): Readonly<Partial<Record<'level' | 'msg' | 'err' | 'time', unknown>>> {
  try {
    const value: unknown = line.startsWith('{') ? JSON.parse(line) : null;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
