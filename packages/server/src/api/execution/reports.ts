import { GantryError, type Json, type JsonObject, type Outcome, type ReportRequest } from '@gantry/sdk/model';
import type { Queryable } from '../../store/database.ts';
import type { Holder } from '../../store/extend-leases.ts';
import { readStandingReports } from '../../store/read-standing-reports.ts';
import { recordLateReports } from '../../store/record-late-reports.ts';
import { recordReports, type WorkerReport } from '../../store/record-reports.ts';
import { GroupCommit } from '../group-commit.ts';
import { mendedJson, storableJson } from '../storable-text.ts';
import { linesText } from './logs.ts';

/** Keeps reports in groups; each is durable before its worker gets the answer (I15). */
export class Reports {
  readonly #group: GroupCommit<WorkerReport, boolean>;
  readonly #xcomLimitBytes: number;

  constructor(db: Queryable, xcomLimitBytes: number) {
    this.#xcomLimitBytes = xcomLimitBytes;
    this.#group = new GroupCommit({
      keyOf: ({ attemptId }) => attemptId,
      bytesOf: ({ outcome, log }) => outcome.length + (log?.lines.length ?? 0),
      commit: async (reports) => {
        const standing = new Set(await recordReports(db, reports));
        const missing = reports.filter(({ attemptId }) => !standing.has(attemptId));
        // Another server may have committed the same report since the statement's snapshot.
        const late = missing.length === 0 ? [] : await readStandingReports(db, missing);
        for (const attemptId of late) standing.add(attemptId);
        const refused = missing.filter(({ attemptId }) => !standing.has(attemptId));
        if (refused.length > 0) await recordLateReports(db, refused);
        return reports.map(({ attemptId }) => standing.has(attemptId));
      },
    });
  }

  /** False: the attempt is closed or another worker's. Throws `too_large` and `invalid` for an XCom nobody can keep. */
  async report(holder: Holder, { outcome, log }: ReportRequest): Promise<boolean> {
    return this.#group.add({
      ...holder,
      outcome: outcomeJson(outcome, this.#xcomLimitBytes),
      factBody: mendedJson({ outcome: decisive(outcome) } as unknown as Json),
      log: log === null ? null : { chunk: log.chunk, lines: linesText(log) },
    });
  }
}

function outcomeJson(outcome: Outcome, xcomLimitBytes: number): string {
  if (outcome.kind !== 'success') return mendedJson(outcome as unknown as Json);
  const xcoms: readonly (readonly [string, Json])[] = [
    ['return_value', outcome.result],
    ...Object.entries(outcome.xcoms),
  ];
  for (const [key, value] of xcoms) checkXcom(key, value, xcomLimitBytes);
  return JSON.stringify(outcome);
}

function checkXcom(key: string, value: Json, limitBytes: number): void {
  const name = key === 'return_value' ? 'The return value' : `The XCom ${JSON.stringify(key)}`;
  const text = storableJson({ [key]: value } as JsonObject);
  if (text === null) {
    throw new GantryError(
      'invalid',
      `${name} holds a NUL character or half of a surrogate pair, which Postgres cannot keep; remove it or encode the text.`,
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > limitBytes) {
    throw new GantryError(
      'too_large',
      `${name} has ${bytes} bytes as JSON and at most ${limitBytes} are allowed; store the data elsewhere and return where it is.`,
    );
  }
}

/** What the engine decides by. Results and XComs stay in the attempt, from where the closing commit takes them. */
function decisive(outcome: Outcome): object {
  return outcome.kind === 'success' ? { kind: outcome.kind, skip: outcome.skip } : outcome;
}
