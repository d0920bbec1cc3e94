/** A time of the API without fractions: `2026-11-25T07:40:01Z`; empty for none. */
export function shortTime(time: string | null): string {
  return time === null ? '' : time.replace(/\.\d+/, '').replace('+00:00', 'Z');
}

/** Seconds as people read them: `0.8 s`, `12 s`, `3 min 05 s`, `2 h 03 min`; empty for none. */
export function duration(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
