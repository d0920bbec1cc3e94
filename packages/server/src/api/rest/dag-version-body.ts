import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { NullableText } from './nullable.ts';

/** A version of a DAG in Airflow's shape. */
export const DagVersionBody = Type.Object({
  id: Type.String({ format: 'uuid' }),
  version_number: Type.Integer(),
  dag_id: Type.String(),
  dag_display_name: Type.String(),
  bundle_name: NullableText,
  bundle_version: NullableText,
  bundle_url: NullableText,
  created_at: Type.String(),
});

export function dagVersionBody(dagId: string, version: number, createdAt: string): Static<typeof DagVersionBody> {
  return {
    id: versionId(dagId, version),
    version_number: version,
    dag_id: dagId,
    dag_display_name: dagId,
    bundle_name: null,
    bundle_version: null,
    bundle_url: null,
    created_at: createdAt,
  };
}

/** Airflow's clients want a UUID; here a version is known by its DAG and number, so the UUID is made of them (RFC 9562, 8). */
function versionId(dagId: string, version: number): string {
  const hex = createHash('sha256').update(`${version} ${dagId}`).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
