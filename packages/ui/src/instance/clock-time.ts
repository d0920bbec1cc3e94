const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** The time of the day, to the millisecond: `06:00:00.123`. */
export function clockTime(at: number, zone: string): string {
  let format = FORMATS.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' },
      ...(zone === 'local' ? {} : { timeZone: zone }),
    });
    FORMATS.set(zone, format);
  }
  return format.format(at);
}
