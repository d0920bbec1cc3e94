/** Postgres keeps no NUL in text, and neither a report nor a line may be lost for one. */
export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}
