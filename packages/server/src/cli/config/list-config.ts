import type { Settings } from '../../main/config/config.ts';
import { OPTION_TABLE, type OptionRow } from '../../main/config/option-table.ts';
import { readConfiguration } from '../../main/configuration.ts';
import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';

interface ShownOption {
  readonly section: string;
  readonly option: string;
  readonly value: string;
  readonly origin: string;
  readonly about: string;
}

/** Prints every option. The configuration is checked first, so that what is shown is what a start would use. */
export async function listConfig(options: { readonly defaults?: true; readonly output: OutputFormat }): Promise<void> {
  const settings = options.defaults ? new Map() : readConfiguration(process.env).settings;
  const terminal = terminalOf(process.stdout);
  const { colors } = terminal;
  const columns: Column<ShownOption>[] = [
    { key: 'section', value: ({ section }) => section, whole: true },
    { key: 'option', value: ({ option }) => option, whole: true },
    { key: 'value', value: ({ value }) => value },
    {
      key: 'origin',
      value: ({ origin }) => origin,
      paint: ({ origin }) => (origin === 'default' ? colors.dim : colors.cyan),
    },
    { key: 'about', value: ({ about }) => about, onlyData: true },
  ];
  await printRows(terminal, options.output, columns, shownOptions(settings), 'There are no options.');
}

function shownOptions(settings: Settings): ShownOption[] {
  return Object.entries(OPTION_TABLE).flatMap(([section, rows]) =>
    Object.entries(rows as Record<string, OptionRow>).map(([option, row]) => {
      const { text, origin } = settings.get(`${section}.${option}`) ?? { text: row.fallback, origin: 'default' };
      return { section, option, value: row.secret === true && text !== '' ? '***' : text, origin, about: row.about };
    }),
  );
}
