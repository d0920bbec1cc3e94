import type { JsonObject } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from '../pod/json-shape.ts';

/** The object in a field; an empty one when there is none. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = ownField(object, name);
  return isJsonObject(value) ? value : {};
}

/** The objects of the list in a field; none when there is no list. */
export function objectsIn(object: JsonObject, name: string): readonly JsonObject[] {
  const value = ownField(object, name);
  return isJsonList(value) ? value.filter(isJsonObject) : [];
}
