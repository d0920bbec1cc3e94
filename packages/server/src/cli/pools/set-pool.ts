import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { upsert } from '../rest/upsert.ts';
import { UsageError } from '../usage-error.ts';

export async function setPool(
  name: string,
  slotsText: string,
  description: string | undefined,
  options: { readonly includeDeferred?: true },
): Promise<void> {
  const slots = Number(slotsText);
  if (!/^-?\d+$/.test(slotsText) || slots < -1) {
    throw new UsageError(`slots: found "${slotsText}", expected a whole number, or -1 for unlimited.`);
  }
  const fields = { slots, description, include_deferred: options.includeDeferred };
  const done = await upsert(
    connect(),
    { path: apiPath`pools/${name}`, change: fields },
    { path: apiPath`pools`, make: { name, ...fields } },
  );
  const size = slots === -1 ? 'unlimited slots' : slots === 1 ? '1 slot' : `${slots} slots`;
  terminalOf(process.stdout).write(`Pool ${name} is ${done} and has ${size}.\n`);
}
