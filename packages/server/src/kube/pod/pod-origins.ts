import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '@gantry/sdk/model';
import { isJsonList, isJsonObject, ownField } from './json-shape.ts';
import { lineOf } from './line-map.ts';
import { type MergeRule, POD_MERGE_RULE } from './merge-keys.ts';
import type { PodLayer, PodOrigin } from './pod-layer.ts';

/** A layer and the pod as it stood after it. */
export interface PodStage extends PodLayer {
  readonly pod: JsonObject;
}

/** One stage seen at one place of the pod. */
interface View {
  readonly stage: PodStage;
  readonly after: Json | undefined;
  /** What the layer's own patch says here; undefined when it says nothing. */
  readonly patch: Json | undefined;
  /** The place in the patch: items may stand elsewhere there than in the pod. */
  readonly at: string;
}

/**
 * For each leaf of the last stage's pod, the strongest layer that set it and what it replaced. A leaf is a scalar, an
 * empty map or list, or a list without a merge key, which layers replace or extend as a whole.
 */
export function traceOrigins(stages: readonly PodStage[]): PodOrigin[] {
  const origins: PodOrigin[] = [];
  const views = stages.map((stage) => ({ stage, after: stage.pod, patch: stage.patch, at: '' }));
  trace(views, POD_MERGE_RULE, '', origins);
  return origins;
}

function trace(views: readonly View[], rule: MergeRule | undefined, path: string, origins: PodOrigin[]): void {
  const value = views.at(-1)?.after;
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    for (const name of Object.keys(value)) {
      const fieldRule = rule?.kind === 'map' ? rule.fields?.[name] : undefined;
      trace(
        views.map((view) => viewField(view, name)),
        fieldRule,
        path === '' ? name : `${path}.${name}`,
        origins,
      );
    }
  } else if (isJsonList(value) && value.length > 0 && rule?.kind === 'keyed_list') {
    value.forEach((item, index) => {
      trace(
        views.map((view) => viewItem(view, item, rule)),
        rule.item,
        `${path}[${index}]`,
        origins,
      );
    });
  } else {
    const origin = originOf(views, path);
    if (origin !== null) origins.push(origin);
  }
}

function viewField({ stage, after, patch, at }: View, name: string): View {
  return { stage, after: fieldOf(after, name), patch: fieldOf(patch, name), at: at === '' ? name : `${at}.${name}` };
}

function fieldOf(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? ownField(value, name) : undefined;
}

function viewItem({ stage, after, patch, at }: View, item: Json, rule: KeyedListRule): View {
  const said = itemLike(patch, item, rule);
  const place = isJsonList(patch) && said !== undefined ? patch.indexOf(said) : 0;
  return { stage, after: itemLike(after, item, rule), patch: said, at: `${at}[${place}]` };
}

type KeyedListRule = Extract<MergeRule, { kind: 'keyed_list' }>;

function itemLike(list: Json | undefined, item: Json, rule: KeyedListRule): Json | undefined {
  if (!isJsonList(list) || !isJsonObject(item)) return undefined;
  return list.find(
    (candidate, index) =>
      isJsonObject(candidate) &&
      !removes(candidate) &&
      rule.keys.every(({ field, defaultValue }) => {
        const absent = index === 0 ? (rule.nameOfFirst ?? defaultValue) : defaultValue;
        return String(candidate[field] ?? absent) === String(item[field] ?? defaultValue);
      }),
  );
}

/** An item that is deleted and given anew was set by what comes after its deletion. */
function removes({ $patch }: JsonObject): boolean {
  return $patch === 'delete' || $patch === 'replace';
}

function originOf(views: readonly View[], path: string): PodOrigin | null {
  let origin: PodOrigin | null = null;
  let before: Json | undefined;
  for (const { stage, after, patch, at } of views) {
    if (after !== undefined && (patch !== undefined || !isDeepStrictEqual(after, before))) {
      const { layer } = stage;
      const line = stage.lines === undefined ? null : lineOf(stage.lines, at);
      const source = line === null ? stage.source : `${stage.source}:${line}`;
      origin = before === undefined ? { path, layer, source } : { path, layer, source, replaced: before };
    }
    before = after;
  }
  return origin;
}
