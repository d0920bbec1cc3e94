import type { Json, JsonObject } from '@gantry/sdk/model';
import { isJsonObject, ownField } from './json-shape.ts';
import type { MergeKey, MergeRule } from './merge-keys.ts';
import { type MergePlace, placeBelow, refuse } from './merge-place.ts';

type KeyedListRule = Extract<MergeRule, { kind: 'keyed_list' }>;

/** Merges an item of the patch onto the base's item of the same key, or onto `{}`. */
export type MergeItem = (base: JsonObject, patch: JsonObject, place: MergePlace) => JsonObject;

/**
 * Merges a list whose items have a key. The base's order stays and new items come after it, so that `base` stays the
 * first container and init containers keep their sequence; kubectl puts new items first.
 */
export function mergeKeyedList(
  base: readonly Json[],
  patch: readonly Json[],
  rule: KeyedListRule,
  place: MergePlace,
  mergeItem: MergeItem,
): Json[] {
  const changes = patch.map((item, index) => readChange(item, index, rule, place));
  refuseRepeats(changes, place);
  const deleted = new Set(changes.filter((change) => change.deletes).map((change) => change.key));
  const replaces = changes.some((change) => change.replacesList);
  const merged = new Map<string, Json>();
  for (const item of replaces ? [] : base) {
    const key = keyOf(item, rule.keys);
    if (!deleted.has(key)) merged.set(key, item);
  }
  for (const change of changes) {
    if (change.deletes || change.replacesList) continue;
    const present = merged.get(change.key);
    merged.set(change.key, mergeItem(isJsonObject(present) ? present : {}, change.item, change.place));
  }
  return [...merged.values()];
}

interface Change {
  readonly key: string;
  readonly item: JsonObject;
  readonly place: MergePlace;
  readonly deletes: boolean;
  readonly replacesList: boolean;
}

function readChange(given: Json, index: number, rule: KeyedListRule, list: MergePlace): Change {
  const place = placeBelow(list, index);
  if (!isJsonObject(given)) refuse(place, `is ${JSON.stringify(given)}; expected an object.`);
  const directive = ownField(given, '$patch');
  const replacesList = directive === 'replace';
  const item = replacesList || index > 0 ? given : nameFirst(given, rule);
  if (!replacesList) requireKeys(item, rule.keys, place);
  return { key: keyOf(item, rule.keys), item, place, deletes: directive === 'delete', replacesList };
}

/** `containers: [{}, { name: sidecar }]`: the container without a name in first position is `base`. */
function nameFirst(item: JsonObject, rule: KeyedListRule): JsonObject {
  const field = rule.keys[0]?.field;
  if (rule.nameOfFirst === undefined || field === undefined) return item;
  const given = ownField(item, field);
  return given === undefined || given === null ? { [field]: rule.nameOfFirst, ...without(item, field) } : item;
}

function without(item: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== field));
}

function requireKeys(item: JsonObject, keys: readonly MergeKey[], place: MergePlace): void {
  for (const { field, defaultValue } of keys) {
    const value = ownField(item, field);
    if (defaultValue !== undefined && value === undefined) continue;
    if (typeof value === 'string' ? value !== '' : typeof value === 'number') continue;
    const found = value === undefined ? `has no ${field}` : `has the ${field} ${JSON.stringify(value)}`;
    refuse(place, `${found}; items of this list are merged by ${field}, so it must be given.`);
  }
}

function keyOf(item: Json, keys: readonly MergeKey[]): string {
  if (!isJsonObject(item)) return JSON.stringify(item);
  return JSON.stringify(keys.map(({ field, defaultValue }) => String(ownField(item, field) ?? defaultValue)));
}

/** Deleting an item and giving it anew is the way to replace it, so only what is set counts. */
function refuseRepeats(changes: readonly Change[], place: MergePlace): void {
  const seen = new Map<string, Change>();
  for (const change of changes) {
    if (change.deletes || change.replacesList) continue;
    const first = seen.get(change.key);
    if (first !== undefined) {
      const key = (JSON.parse(change.key) as string[]).join('/');
      refuse(place, `has ${key} twice: ${first.place.path} and ${change.place.path}. Join them in one.`);
    }
    seen.set(change.key, change);
  }
}
