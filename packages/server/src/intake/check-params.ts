import type { DagSpec } from '@gantry/sdk/model';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/**
 * A sentence on the first param whose schema cannot be used, or whose default breaks it; null when all are well. A DAG
 * with a schedule needs a default for each, since nobody is there to give a value. Source: Airflow, Params.
 */
export function checkParams(spec: DagSpec, who: string): string | null {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  for (const [name, param] of Object.entries(spec.params)) {
    const place = `${who}: the param "${name}"`;
    if (param.default === undefined) {
      if (spec.schedule.kind !== 'none') return `${place} needs a default, because the DAG has a schedule.`;
    }
    try {
      const validate = ajv.compile(param.schema);
      if (param.default !== undefined && spec.schedule.kind !== 'none' && !validate(param.default))
        return `${place} has a default that its schema refuses: it ${validate.errors?.[0]?.message ?? 'does not fit'}.`;
    } catch (error) {
      return `${place} has a schema that cannot be used: ${(error as Error).message}.`;
    }
  }
  return null;
}
