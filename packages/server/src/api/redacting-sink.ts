/** Where log lines go; a stream such as process.stderr is one. */
export interface LogSink {
  write(line: string): unknown;
}

/** Shapes of every credential that reaches this server: bearer values, our tokens, JSON web tokens, hex secrets. */
const CREDENTIALS = [
  /Bearer\s+[^\s"\\]+/gi,
  /gantry-(?:attempt|token)\.[A-Za-z0-9._-]+/g,
  /eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?/g,
  /\b[0-9a-f]{64}\b/g,
  /("(?:password|authorization|token|access_token|nonce|secret)"\s*:\s*")(?:[^"\\]|\\.)*/gi,
];

/** The last thing before the sink: whatever was logged by mistake, no credential leaves (I41). */
export function redactingSink(sink: LogSink): LogSink {
  return { write: (line) => sink.write(redacted(line)) };
}

export function redacted(line: string): string {
  return CREDENTIALS.reduce(
    (text, shape) => text.replace(shape, (_match, key: unknown) => `${typeof key === 'string' ? key : ''}***`),
    line,
  );
}
