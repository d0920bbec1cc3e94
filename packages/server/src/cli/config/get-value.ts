import { nearestName } from '@gantry/sdk/model';
import { OPTION_TABLE, type OptionRow } from '../../main/config/option-table.ts';
import { readConfiguration } from '../../main/configuration.ts';
import { terminalOf } from '../output/terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Prints the value of one option and nothing else, for scripts. Secrets are never printed. */
export function getValue(section: string, option: string): void {
  const rows = known(OPTION_TABLE as Record<string, Record<string, OptionRow>>, section, 'There is no section');
  const row = known(rows, option, `[${section}] has no option`);
  const { settings } = readConfiguration(process.env);
  if (row.secret === true) throw new UsageError(`[${section}] ${option} is a secret and never printed.`);
  terminalOf(process.stdout).write(`${settings.get(`${section}.${option}`)?.text ?? row.fallback}\n`);
}

function known<Row>(table: Readonly<Record<string, Row>>, name: string, sentence: string): Row {
  if (Object.hasOwn(table, name)) return table[name]!;
  const hint = nearestName(name, Object.keys(table));
  throw new UsageError(
    `${sentence} "${name}"${hint === null ? '; gantry config list shows all' : `; did you mean "${hint}"`}.`,
  );
}
