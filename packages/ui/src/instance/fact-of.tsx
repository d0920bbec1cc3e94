import { Code } from '@mantine/core';
import type { ReactNode } from 'react';
import { Moment } from '../parts/moment.tsx';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** A field of an answer as a line to read: times in the chosen zone, what is nested as JSON. */
export function factOf([name, value]: readonly [string, unknown]): readonly [string, ReactNode] {
  return [name.replaceAll('_', ' '), shownOf(value)];
}

function shownOf(value: unknown): ReactNode {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string' && TIME.test(value)) return <Moment at={value} absolute />;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  if (isTimeDelta(value)) return `${value.days * 86_400 + value.seconds + value.microseconds / 1e6} s`;
  if (typeof value === 'object') return Object.keys(value).length === 0 ? null : <Code>{JSON.stringify(value)}</Code>;
  return String(value);
}

interface TimeDelta {
  readonly days: number;
  readonly seconds: number;
  readonly microseconds: number;
}

function isTimeDelta(value: unknown): value is TimeDelta {
  return typeof value === 'object' && value !== null && '__type' in value && value.__type === 'TimeDelta';
}
