import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** What is written to, and what it can show. */
export interface Terminal {
  write(text: string): void;
  readonly colors: Colors;
  /** True when lines may be painted over; false for a file, a pipe or a terminal that cannot. */
  readonly isLive: boolean;
  /** Columns now; null when lines may have any length. */
  width(): number | null;
  /** Lines now. */
  height(): number;
}

/** A standard stream as a terminal. NO_COLOR and TERM=dumb switch colours off, FORCE_COLOR on. */
export function terminalOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): Terminal {
  const isTerminal = stream.isTTY === true;
  const isDumb = environment.TERM === 'dumb';
  const forced = (environment.FORCE_COLOR ?? '0') !== '0';
  const colored = (environment.NO_COLOR ?? '') === '' && (forced || (isTerminal && !isDumb));
  return {
    write: (text) => void stream.write(text),
    colors: pc.createColors(colored),
    isLive: isTerminal && !isDumb,
    width: () => (isTerminal ? stream.columns || 80 : null),
    height: () => stream.rows || 24,
  };
}
