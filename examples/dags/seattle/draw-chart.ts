import { KINDS, type Kind } from './day.ts';
import type { KindFigures, MonthFigures } from './statistics.ts';

const WIDTH = 960;
const HEIGHT = 720;
const LEFT = 64;
const RIGHT = 24;
const INNER = WIDTH - LEFT - RIGHT;

interface Panel {
  readonly top: number;
  readonly height: number;
  /** Values at the bottom and at the top. */
  readonly low: number;
  readonly high: number;
}

const TEMPERATURE: Panel = { top: 120, height: 210, low: 0, high: 30 };
const RAIN: Panel = { top: 404, height: 105, low: 0, high: 300 };
const KINDS_TOP = 574;
const KIND_COLOURS: Readonly<Record<Kind, string>> = {
  sun: '#e5a823',
  fog: '#9aa5b1',
  drizzle: '#7ab8d9',
  rain: '#5b93d0',
  snow: '#b79fd8',
};

// One picture for a light and a dark page: the viewer's own setting decides.
const STYLE = `
  text { font-family: system-ui, -apple-system, 'Segoe UI', sans-serif; font-size: 13px; fill: #49535f; }
  .title { font-size: 24px; font-weight: 600; fill: #1b222b; }
  .head { font-size: 14px; font-weight: 600; fill: #1b222b; }
  .on-bar { fill: #10161d; font-size: 12px; }
  .page { fill: #ffffff; }
  .grid { stroke: #dfe4ea; stroke-width: 1; }
  .band { fill: #e07a5f; fill-opacity: 0.25; }
  .warm { fill: none; stroke: #d1573a; stroke-width: 2.5; stroke-linejoin: round; }
  .cold { fill: none; stroke: #3f77b5; stroke-width: 2.5; stroke-linejoin: round; }
  .bar { fill: #3f77b5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #aeb8c4; }
    .title, .head { fill: #f1f4f8; }
    .page { fill: #14191f; }
    .grid { stroke: #2b333d; }
    .warm { stroke: #f08a6c; }
    .cold { stroke: #6ea8e0; }
    .bar { fill: #6ea8e0; }
  }`;

/** Temperatures and rain by month, and the weather of each year, as one SVG. */
export function drawChart(months: readonly MonthFigures[], kinds: readonly KindFigures[]): string {
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title">`,
    `<title id="title">Weather in Seattle by month, 2012 to 2015</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${HEIGHT}"/>`,
    label(LEFT, 46, 'Weather in Seattle, 2012 to 2015', 'title'),
    label(LEFT, 70, `${months.length} months of daily measurements; data: vega-datasets, from NOAA`),
    ...temperatures(months),
    ...rain(months),
    ...weatherOfYears(kinds),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function temperatures(months: readonly MonthFigures[]): readonly string[] {
  const x = (index: number) => LEFT + ((index + 0.5) / months.length) * INNER;
  const highs = months.map(({ meanHigh }, index) => point(x(index), yOf(TEMPERATURE, meanHigh)));
  const lows = months.map(({ meanLow }, index) => point(x(index), yOf(TEMPERATURE, meanLow)));
  return [
    label(LEFT, TEMPERATURE.top - 16, 'Mean daily high and low, °C', 'head'),
    ...gridLines(TEMPERATURE, 10),
    `<polygon class="band" points="${[...highs, ...[...lows].reverse()].join(' ')}"/>`,
    `<polyline class="warm" points="${highs.join(' ')}"/>`,
    `<polyline class="cold" points="${lows.join(' ')}"/>`,
    ...yearLabels(months, TEMPERATURE.top + TEMPERATURE.height + 20),
  ];
}

function rain(months: readonly MonthFigures[]): readonly string[] {
  const step = INNER / months.length;
  const bars = months.map(({ month, rainMillimetres }, index) => {
    const top = yOf(RAIN, rainMillimetres);
    const height = RAIN.top + RAIN.height - top;
    return `<rect class="bar" x="${round(LEFT + index * step + 2)}" y="${round(top)}" width="${round(step - 4)}" height="${round(height)}"><title>${month}: ${rainMillimetres} mm</title></rect>`;
  });
  return [
    label(LEFT, RAIN.top - 16, 'Rain and snow in a month, mm', 'head'),
    ...gridLines(RAIN, 100),
    ...bars,
    ...yearLabels(months, RAIN.top + RAIN.height + 20),
  ];
}

function weatherOfYears(kinds: readonly KindFigures[]): readonly string[] {
  const legend = KINDS.flatMap((kind, index) => {
    const x = LEFT + 180 + index * 96;
    const square = `<rect x="${x}" y="${KINDS_TOP - 11}" width="12" height="12" rx="2" fill="${KIND_COLOURS[kind]}"/>`;
    return [square, label(x + 18, KINDS_TOP, kind)];
  });
  const rows = kinds.flatMap(({ year, days }, index) => yearRow(year, days, KINDS_TOP + 16 + index * 30));
  return [label(LEFT, KINDS_TOP, 'Days of each weather', 'head'), ...legend, ...rows];
}

function yearRow(year: number, days: KindFigures['days'], top: number): readonly string[] {
  const all = KINDS.reduce((total, kind) => total + days[kind], 0);
  let x = LEFT;
  const bars = KINDS.flatMap((kind) => {
    const width = (days[kind] / all) * INNER;
    const bar = `<rect x="${round(x)}" y="${top}" width="${round(width)}" height="22" fill="${KIND_COLOURS[kind]}"><title>${year}, ${kind}: ${days[kind]} days</title></rect>`;
    const count = width > 24 ? [label(x + width / 2, top + 15, String(days[kind]), 'on-bar', 'middle')] : [];
    x += width;
    return [bar, ...count];
  });
  return [label(LEFT - 10, top + 16, String(year), undefined, 'end'), ...bars];
}

function gridLines(panel: Panel, step: number): readonly string[] {
  const lines: string[] = [];
  for (let value = panel.low; value <= panel.high; value += step) {
    const y = round(yOf(panel, value));
    lines.push(`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`);
    lines.push(label(LEFT - 10, y + 4, String(value), undefined, 'end'));
  }
  return lines;
}

function yearLabels(months: readonly MonthFigures[], y: number): readonly string[] {
  return months.flatMap(({ month }, index) =>
    month.endsWith('-01') ? [label(LEFT + (index / months.length) * INNER, y, month.slice(0, 4))] : [],
  );
}

function label(x: number, y: number, text: string, style?: string, anchor = 'start'): string {
  const look = style === undefined ? '' : ` class="${style}"`;
  return `<text x="${round(x)}" y="${round(y)}"${look} text-anchor="${anchor}">${text}</text>`;
}

function yOf(panel: Panel, value: number): number {
  return panel.top + panel.height * (1 - (value - panel.low) / (panel.high - panel.low));
}

function point(x: number, y: number): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
