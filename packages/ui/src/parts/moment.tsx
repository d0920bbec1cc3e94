import { useEffect, useState } from 'react';
import { systemNow } from './system-now.ts';
import { absoluteTime, useZone } from './zone.tsx';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `3 min ago`, `in 2 h`; milliseconds since 1970. */
export function relativeTime(at: number, now: number): string {
  const seconds = Math.round(Math.abs(now - at) / 1000);
  const amount =
    seconds < 5
      ? null
      : seconds < MINUTE
        ? `${seconds} s`
        : seconds < HOUR
          ? `${Math.round(seconds / MINUTE)} min`
          : seconds < 2 * DAY
            ? `${Math.round(seconds / HOUR)} h`
            : `${Math.round(seconds / DAY)} d`;
  if (amount === null) return 'now';
  return at <= now ? `${amount} ago` : `in ${amount}`;
}

/** The present, told again every second where somebody looks at it. */
export function useNow(everyMilliseconds = 1000): number {
  const [now, setNow] = useState(() => systemNow());
  useEffect(() => {
    const timer = setInterval(() => setNow(systemNow()), everyMilliseconds);
    return () => clearInterval(timer);
  }, [everyMilliseconds]);
  return now;
}

/** A moment: how long ago, and on hover when exactly. With `absolute` the other way round. */
export function Moment({
  at,
  absolute = false,
}: {
  readonly at: string | null | undefined;
  readonly absolute?: boolean;
}) {
  const { zone } = useZone();
  const now = useNow(5000);
  if (at === null || at === undefined) return <span aria-hidden="true">–</span>;
  const time = Date.parse(at);
  const [shown, hidden] = [relativeTime(time, now), absoluteTime(time, zone)];
  return (
    <time dateTime={at} title={absolute ? shown : hidden} style={{ whiteSpace: 'nowrap' }}>
      {absolute ? hidden : shown}
    </time>
  );
}
