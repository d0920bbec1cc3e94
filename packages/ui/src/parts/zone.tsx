import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

/** `local` is the browser's; others are IANA names. */
const KEPT = 'gantry-time-zone';

interface Zone {
  readonly zone: string;
  readonly setZone: (zone: string) => void;
}

const ZoneContext = createContext<Zone>({ zone: 'local', setZone: () => undefined });

/** The time zone that all times are shown in; kept in this browser. */
export function ZoneProvider({ children }: { readonly children: ReactNode }) {
  const [zone, keep] = useState(() => localStorage.getItem(KEPT) ?? 'local');
  const value = useMemo(
    () => ({
      zone,
      setZone: (next: string) => {
        localStorage.setItem(KEPT, next);
        keep(next);
      },
    }),
    [zone],
  );
  return <ZoneContext.Provider value={value}>{children}</ZoneContext.Provider>;
}

export function useZone(): Zone {
  return useContext(ZoneContext);
}

/** A moment as a person reads it, with the zone's short name: `2026-03-01 06:00:00 UTC`. */
export function absoluteTime(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    ...{ hourCycle: 'h23', timeZoneName: 'short' },
    ...(zone === 'local' ? {} : { timeZone: zone }),
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')} ${part('timeZoneName')}`;
}
