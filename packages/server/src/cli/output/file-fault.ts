/** What is wrong with a DAG file; line and position count from 1 and are null where they are not known. */
export interface FileFault {
  readonly file: string;
  readonly line: number | null;
  readonly position: number | null;
  readonly message: string;
}

/** `FILE:LINE:POSITION: sentence`, which editors and terminals make a link of. */
export function faultText({ file, line, position, message }: FileFault): string {
  const place = [file, line, position].filter((part) => part !== null).join(':');
  return `${place}: ${message}`;
}
