/** Signals a whole process group; nothing happens when nobody of it is left. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  // Groups 0 and 1 would mean our own, and everybody.
  if (group <= 1) return;
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left.
  }
}
