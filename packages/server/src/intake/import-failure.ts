/** Why a DAG file gave no DAGs. Line and position count from 1 and are null where they are not known. */
export interface ImportFailure {
  readonly kind: 'failure';
  /** Relative to the DAG folder. */
  readonly file: string;
  /** One sentence, and below it what the file printed, if anything. */
  readonly message: string;
  readonly line: number | null;
  readonly position: number | null;
}

/** A place in the user's own source. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly position: number;
}

/** The place is told in the message when it is in another file than the one that failed. */
export function importFailure(file: string, text: string, place: SourcePlace | null = null): ImportFailure {
  const message = text.replaceAll('\0', '');
  if (place === null) return { kind: 'failure', file, message, line: null, position: null };
  if (place.file === file) return { kind: 'failure', file, message, line: place.line, position: place.position };
  const where = `${place.file}:${place.line}:${place.position}`;
  return { kind: 'failure', file, message: `${where}: ${message}`, line: null, position: null };
}
