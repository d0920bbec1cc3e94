import type { Json, JsonObject } from '@gantry/sdk/model';

/** What a change gave, for the audit log: fields that were left out do not stand in it. */
export function changedFields(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}
