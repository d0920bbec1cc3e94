/** A line of one of Gantry's processes, read back. */
export interface LogLine {
  /** pino's numbers: 30 info, 40 warning, 50 error. */
  readonly level: number;
  readonly text: string;
}

export const WARNING_LEVEL = 40;
const INFO_LEVEL = 30;
const LONGEST = 2_000;

/** Reads a JSON line of the log; any other line is what a dying process leaves, which is for the file only. */
export function readLogLine(line: string): LogLine {
  const { level, msg, err } = parse(line);
  if (typeof level !== 'number') return { level: INFO_LEVEL, text: line.slice(0, LONGEST) };
  const reason = (err as { message?: unknown } | undefined)?.message;
  const said = typeof msg === 'string' ? msg : '';
  const text = typeof reason === 'string' && !said.includes(reason) ? `${said} ${reason}`.trim() : said;
  return { level, text: text.slice(0, LONGEST) };
}

function parse(line: string): { readonly level?: unknown; readonly msg?: unknown; readonly err?: unknown } {
  try {
    const value: unknown = line.startsWith('{') ? JSON.parse(line) : null;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
