import { isSensitiveName, type Json, MASK, masked } from '@gantry/sdk/model';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { VariableRow } from '../../store/list-variables.ts';
import { orMask } from './or-mask.ts';

/**
 * The value of a variable as people may see it: masked when its key sounds like a secret, which then is not even opened;
 * else with the fields masked that do. Tasks always get the value itself. What cannot be opened is masked too.
 */
export function shownVariable(box: SecretBox, row: VariableRow, sensitiveNames: readonly string[]): string {
  if (isSensitiveName(row.key, sensitiveNames)) return MASK;
  return orMask(() => shownText(box.open(row, { table: 'variable', row: row.key, field: 'value' }), sensitiveNames));
}

/** JSON is shown as it was written, unless something in it is masked. */
function shownText(text: string, sensitiveNames: readonly string[]): string {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    const before = JSON.parse(text) as Json;
    const after = JSON.stringify(masked(before, sensitiveNames));
    return after === JSON.stringify(before) ? text : after;
  } catch {
    return text;
  }
}
