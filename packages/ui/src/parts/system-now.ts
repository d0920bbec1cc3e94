/** The clock of the browser, milliseconds since 1970. */
export function systemNow(): number {
  return Date.now();
}
