import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from './json-shape.ts';
import { mergeKeyedList } from './merge-keyed-list.ts';
import { type MergeRule, POD_MERGE_RULE } from './merge-keys.ts';
import { type MergePlace, placeBelow, refuse } from './merge-place.ts';

/** Deeper nesting than any pod has; a bound so that no override exhausts the stack. */
const DEPTH_LIMIT = 64;
const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';

/**
 * Kubernetes' strategic merge of `patch` onto `base`, as `kubectl patch --type strategic` does it, with the
 * differences that docs/pods.md names. Neither argument is changed.
 *
 * Throws `override_invalid` with a sentence that names `source`, the path in the patch, what was found and what to do.
 */
export function strategicMerge(base: JsonObject, patch: JsonObject, source: string): JsonObject {
  return mergeMap(base, patch, POD_MERGE_RULE, { source, path: '', depth: 0 });
}

/** Merges a map; the result holds neither nulls nor directives of the patch. */
export function mergeMap(
  base: JsonObject,
  patch: JsonObject,
  rule: MergeRule | undefined,
  place: MergePlace,
): JsonObject {
  if (place.depth > DEPTH_LIMIT) refuse(place, `is nested more than ${DEPTH_LIMIT} levels deep; a pod is not.`);
  const directive = ownField(patch, '$patch');
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'replace' && directive !== 'merge') {
    refuse(place, `has $patch ${JSON.stringify(directive)}; use replace, delete or merge.`);
  }
  const merged = new Map(Object.entries(directive === 'replace' ? {} : base));
  retainKeys(merged, patch, place);
  deleteFromLists(merged, patch, place);
  removeAlternatives(merged, patch, rule);
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || isDirective(name, place)) continue;
    if (value === null) merged.delete(name);
    else if (deletesNothing(value, merged.get(name))) continue;
    else merged.set(name, mergeValue(merged.get(name), value, fieldRule(rule, name), placeBelow(place, name)));
  }
  return Object.fromEntries(merged);
}

/** A map that is deleted becomes `{}`, as with kubectl; one that is not there does not come into being by it. */
function deletesNothing(patch: Json, base: Json | undefined): boolean {
  return base === undefined && isJsonObject(patch) && patch.$patch === 'delete';
}

function mergeValue(base: Json | undefined, patch: Json, rule: MergeRule | undefined, place: MergePlace): Json {
  if (isJsonObject(patch)) return mergeMap(isJsonObject(base) ? base : {}, patch, rule, place);
  if (!isJsonList(patch)) return patch;
  const list = isJsonList(base) ? base : [];
  if (rule?.kind === 'keyed_list') {
    return mergeKeyedList(list, patch, rule, place, (item, change, at) => mergeMap(item, change, rule.item, at));
  }
  if (rule?.kind === 'set_list') return [...new Set([...list, ...patch])];
  if (rule?.kind === 'extended_list') return extendList(list, patch, place);
  return cleanItems(patch, place);
}

function extendList(base: readonly Json[], patch: readonly Json[], place: MergePlace): Json[] {
  const replaces = patch.some((item) => isJsonObject(item) && item.$patch === 'replace');
  const extended = replaces ? [] : [...base];
  for (const item of cleanItems(patch, place)) {
    if (!extended.some((present) => isDeepStrictEqual(present, item))) extended.push(item);
  }
  return extended;
}

/** Items of a list that is replaced as a whole: without the nulls and directives inside. */
function cleanItems(items: readonly Json[], place: MergePlace): Json[] {
  const cleaned: Json[] = [];
  items.forEach((item, index) => {
    const itemPlace = placeBelow(place, index);
    if (isJsonList(item)) cleaned.push(cleanItems(item, itemPlace));
    else if (!isJsonObject(item)) cleaned.push(item);
    else if (item.$patch === undefined) cleaned.push(mergeMap({}, item, undefined, itemPlace));
    else if (item.$patch !== 'replace')
      refuse(
        itemPlace,
        'cannot be deleted alone: its list has no merge key. Give the whole list, or null to remove it.',
      );
  });
  return cleaned;
}

function fieldRule(rule: MergeRule | undefined, name: string): MergeRule | undefined {
  if (rule?.kind !== 'map' || rule.fields === undefined || !Object.hasOwn(rule.fields, name)) return undefined;
  return rule.fields[name];
}

/** True for a directive, which never gets into the pod; an unknown one is refused rather than lost. */
function isDirective(name: string, place: MergePlace): boolean {
  if (!name.startsWith('$')) return false;
  if (name === '$patch' || name === '$retainKeys' || name.startsWith(DELETE_FROM_LIST)) return true;
  return refuse(
    place,
    `has the directive ${name}, which is not supported; there are $patch, $retainKeys and ${DELETE_FROM_LIST}FIELD. The order of the template is kept.`,
  );
}

function retainKeys(merged: Map<string, Json | undefined>, patch: JsonObject, place: MergePlace): void {
  const kept = ownField(patch, '$retainKeys');
  if (kept === undefined) return;
  if (!isJsonList(kept)) refuse(place, 'has a $retainKeys that is not a list of field names.');
  const names = new Set(kept);
  const stray = Object.keys(patch).find((name) => !name.startsWith('$') && patch[name] !== null && !names.has(name));
  if (stray !== undefined) refuse(place, `sets ${stray}, which its own $retainKeys leaves out; add it there.`);
  for (const name of merged.keys()) if (!names.has(name)) merged.delete(name);
}

function deleteFromLists(merged: Map<string, Json | undefined>, patch: JsonObject, place: MergePlace): void {
  for (const [name, removed] of Object.entries(patch)) {
    if (!name.startsWith(DELETE_FROM_LIST)) continue;
    if (!isJsonList(removed)) refuse(place, `has a ${name} that is not a list.`);
    const field = name.slice(DELETE_FROM_LIST.length);
    const list = merged.get(field);
    if (isJsonList(list))
      merged.set(
        field,
        list.filter((item) => !removed.includes(item)),
      );
  }
}

/** Setting one of several fields of which Kubernetes takes only one removes the others. */
function removeAlternatives(
  merged: Map<string, Json | undefined>,
  patch: JsonObject,
  rule: MergeRule | undefined,
): void {
  if (rule?.kind !== 'map') return;
  const sets = (name: string) => !name.startsWith('$') && patch[name] !== undefined && patch[name] !== null;
  const named = Object.keys(patch).filter(sets);
  for (const alternatives of rule.oneOf ?? []) {
    if (!named.some((name) => alternatives.includes(name))) continue;
    for (const name of alternatives) if (!named.includes(name)) merged.delete(name);
  }
  const { oneOfAllBut } = rule;
  if (oneOfAllBut === undefined || named.every((name) => oneOfAllBut.includes(name))) return;
  for (const name of merged.keys()) if (!oneOfAllBut.includes(name) && !named.includes(name)) merged.delete(name);
}
