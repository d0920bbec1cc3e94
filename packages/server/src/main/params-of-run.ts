import type { DagSpec, JsonObject } from '@gantry/sdk/model';
import { ParamCheck } from '../api/rest/param-check.ts';

/** The params of a run: the DAG's defaults, and over them `conf`. Throws what a trigger by the API throws. */
export function paramsOfRun(spec: DagSpec, conf: JsonObject): JsonObject {
  return new ParamCheck().resolve(spec, 1, conf);
}
