/** Airflow's `~` in a path stands for any. */
export function anyOr(part: string): string | undefined {
  return part === '~' ? undefined : part;
}
