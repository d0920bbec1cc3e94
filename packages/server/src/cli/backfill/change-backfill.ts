import { atLeastOne } from '../count-argument.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { type BackfillBody, countsText } from './backfill-body.ts';

const DONE = { pause: 'is paused', unpause: 'goes on', cancel: 'is cancelled' } as const;

export async function changeBackfill(idText: string, verb: keyof typeof DONE): Promise<void> {
  const id = atLeastOne('id', idText);
  const path = `${apiPath`backfills/${String(id)}`}/${verb}`;
  const backfill = await connect().send<BackfillBody>(path, { method: 'PUT' });
  terminalOf(process.stdout).write(`Backfill ${id} of ${backfill.dag_id} ${DONE[verb]}: ${countsText(backfill)}.\n`);
}
