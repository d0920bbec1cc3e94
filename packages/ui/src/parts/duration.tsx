import { useNow } from './moment.tsx';

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 4 min`. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 2 * 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** How long something took, or has taken until now while it has no end. */
export function Duration({ from, to }: { readonly from: string | null; readonly to: string | null }) {
  if (from === null) return <span aria-hidden="true">–</span>;
  if (to === null) return <Growing from={from} />;
  return <span>{durationText((Date.parse(to) - Date.parse(from)) / 1000)}</span>;
}

function Growing({ from }: { readonly from: string }) {
  const now = useNow();
  return <span>{durationText((now - Date.parse(from)) / 1000)}</span>;
}
