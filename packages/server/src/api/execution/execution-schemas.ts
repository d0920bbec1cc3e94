import { FAILURE_CLASSES, type Json, type JsonObject, type LogChunk, type Outcome } from '@gantry/sdk/model';
import { Type } from 'typebox';

const closed = { additionalProperties: false };
const anyJson = Type.Unsafe<Json>({});
const anyObject = Type.Unsafe<JsonObject>({ type: 'object' });

export const AttemptParams = Type.Object({
  attempt_id: Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' }),
});

/** Open: a worker of the next version may tell more, and is served all the same (I37). */
export const ClaimBody = Type.Object({
  nonce: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  hostname: Type.String({ maxLength: 253 }),
  pid: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }),
  hasBundle: Type.Boolean(),
  podShape: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
});

export const HeartbeatBody = Type.Object({}, closed);

const logChunk = Type.Object(
  {
    chunk: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
    lines: Type.Array(
      Type.Object(
        {
          at: Type.Number(),
          level: Type.Enum(['debug', 'info', 'warning', 'error']),
          stream: Type.Enum(['stdout', 'stderr', 'log']),
          text: Type.String(),
        },
        closed,
      ),
      { maxItems: 100_000 },
    ),
  },
  closed,
);

export const LogChunkBody = Type.Unsafe<LogChunk>(logChunk);

const failure = Type.Object(
  {
    class: Type.Enum([...FAILURE_CLASSES]),
    sentence: Type.String({ minLength: 1 }),
    retryable: Type.Boolean(),
    detail: anyObject,
  },
  closed,
);

const skip = Type.Union([
  Type.Null(),
  Type.Object({ kind: Type.Literal('branch'), follow: Type.Array(Type.String()) }, closed),
  Type.Object({ kind: Type.Literal('short_circuit') }, closed),
]);

const outcome = Type.Unsafe<Outcome>(
  Type.Union([
    Type.Object({ kind: Type.Literal('success'), result: anyJson, xcoms: anyObject, skip }, closed),
    Type.Object({ kind: Type.Literal('skipped'), sentence: Type.String() }, closed),
    Type.Object({ kind: Type.Literal('failed'), failure }, closed),
  ]),
);

export const ReportBody = Type.Object({ outcome, log: Type.Union([Type.Null(), LogChunkBody]) }, closed);

export const XcomQuery = Type.Object(
  { task_id: Type.String(), map_index: Type.Integer({ default: -1 }), key: Type.String({ default: 'return_value' }) },
  closed,
);

export const BundleParams = Type.Object({ digest: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
