import { GantryError } from '@gantry/sdk/model';
import { OPTION_TABLE, type OptionRow, type OptionTable, type SectionName } from './option-table.ts';

type Value<Row extends OptionRow> = Row['kind'] extends 'integer' | 'number'
  ? number
  : Row['kind'] extends 'boolean'
    ? boolean
    : Row['kind'] extends 'list'
      ? readonly string[]
      : Row['kind'] extends 'json_object'
        ? { readonly [key: string]: unknown } | null
        : Row extends { readonly oneOf: readonly (infer Choice)[] }
          ? Choice
          : string;

/** Checked values by section and option, e.g. `config.core.parallelism`. */
export type Config = {
  readonly [S in SectionName]: {
    readonly [K in keyof OptionTable[S]]: OptionTable[S][K] extends OptionRow ? Value<OptionTable[S][K]> : never;
  };
};

/** A value as written and where it was written. */
export interface Setting {
  readonly text: string;
  /** For people: `default`, `gantry.cfg line 12`, `environment GANTRY__CORE__EXECUTOR`. */
  readonly origin: string;
}

/** Settings by `section.option`. */
export type Settings = ReadonlyMap<string, Setting>;

/** Checks every setting against the table. Throws configuration_invalid with one sentence at the first fault. */
export function checkSettings(settings: Settings): Config {
  const config: Record<string, Record<string, unknown>> = {};
  for (const [section, options] of Object.entries(OPTION_TABLE)) {
    const values: Record<string, unknown> = {};
    for (const [name, row] of Object.entries(options as Record<string, OptionRow>)) {
      const setting = settings.get(`${section}.${name}`) ?? { text: row.fallback, origin: 'default' };
      values[name] = parse(section, name, row, setting);
    }
    config[section] = values;
  }
  return config as Config;
}

function parse(section: string, name: string, row: OptionRow, setting: Setting): unknown {
  const refuse = (expected: string): never => {
    const found = row.secret ? 'a value' : JSON.stringify(setting.text);
    throw new GantryError(
      'configuration_invalid',
      `[${section}] ${name} (${setting.origin}): found ${found}, expected ${expected}.`,
    );
  };
  const text = setting.text.trim();
  switch (row.kind) {
    case 'integer':
    case 'number':
      return parseNumber(text, row, refuse);
    case 'boolean':
      if (/^(true|yes|on|1)$/i.test(text)) return true;
      if (/^(false|no|off|0)$/i.test(text)) return false;
      return refuse('true or false');
    case 'list':
      return parseList(text);
    case 'json_object':
      return text === '' ? null : parseObject(text, refuse);
    case 'text':
      if (row.oneOf !== undefined && !row.oneOf.includes(text)) return refuse(`one of ${row.oneOf.join(', ')}`);
      return text;
  }
}

function parseList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseNumber(text: string, row: OptionRow, refuse: (expected: string) => never): number {
  const least = row.minimum === undefined ? '' : ` of at least ${row.minimum}`;
  const most = row.maximum === undefined ? '' : ` and at most ${row.maximum}`;
  const expected = `${row.kind === 'integer' ? 'a whole number' : 'a number'}${least}${most}`;
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) return refuse(expected);
  if (row.kind === 'integer' && !Number.isSafeInteger(value)) return refuse(expected);
  if (row.minimum !== undefined && value < row.minimum) return refuse(expected);
  if (row.maximum !== undefined && value > row.maximum) return refuse(expected);
  return value;
}

function parseObject(text: string, refuse: (expected: string) => never): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as { readonly [key: string]: unknown };
    }
  } catch {
    // Falls through to the same sentence as a value of the wrong type.
  }
  return refuse('a JSON object');
}
