import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Json, JsonObject } from '@gantry/sdk/model';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonList, isJsonObject } from './json-shape.ts';
import { strategicMerge } from './strategic-merge.ts';

const KUBECTL = process.env.GANTRY_TEST_KUBECTL ?? 'kubectl';
const run = promisify(execFile);

function kubectlWorks(): boolean {
  try {
    execFileSync(KUBECTL, ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const works = kubectlWorks();
if (!works) console.log(`Skipped: the merge is not compared with kubectl, since ${KUBECTL} does not run.`);

// What differs on purpose is left out here: envFrom, a change between alternatives, repeated keys, ports by protocol.
const scalar = fc.constantFrom<Json>('x', 'y', '', 0, 7, true, false);
const orNull = (value: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });

type Model = { [name: string]: fc.Arbitrary<Json> };

interface Kind {
  /** A patch may remove by null and use directives; a base may not. */
  readonly patch: boolean;
}

/** A map that a patch may replace or delete. A base always has it: kubectl loses a map that replaces nothing. */
function fields(kind: Kind, model: Model): fc.Arbitrary<JsonObject> {
  const plain = plainFields(kind, model);
  if (!kind.patch) return plain;
  const replaced = plain.map((value) => ({ $patch: 'replace', ...value }));
  return fc.oneof(
    { weight: 12, arbitrary: plain },
    { weight: 1, arbitrary: replaced },
    { weight: 1, arbitrary: fc.constant({ $patch: 'delete' }) },
  );
}

/** Fields without directives of their own; those named in `always` are in every base. */
function plainFields(kind: Kind, model: Model, always: readonly string[] = []): fc.Arbitrary<JsonObject> {
  const values = Object.entries(model).map(([name, value]) => [name, kind.patch ? orNull(value) : value]);
  const requiredKeys = kind.patch ? [] : [...always];
  return fc.record(Object.fromEntries(values), { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
}

const texts = (kind: Kind) => fields(kind, { a: scalar, b: scalar, c: scalar });

function items(
  kind: Kind,
  key: string,
  names: readonly string[],
  rest: (name: string) => fc.Arbitrary<JsonObject>,
): fc.Arbitrary<Json> {
  const item = fc.constantFrom(...names).chain((name) => rest(name).map((value) => ({ [key]: name, ...value })));
  const list = fc.uniqueArray(item, { maxLength: names.length, selector: (value) => value[key] }) as fc.Arbitrary<
    JsonObject[]
  >;
  if (!kind.patch) return list;
  const withDelete = list.map((some) =>
    some.map((value, at) => (at === 0 ? { $patch: 'delete', [key]: value[key] } : value)),
  );
  const withReplace = list.map((some) => [{ $patch: 'replace' }, ...some]);
  return fc.oneof(
    { weight: 6, arbitrary: list },
    { weight: 1, arbitrary: withDelete },
    { weight: 1, arbitrary: withReplace },
  ) as fc.Arbitrary<Json>;
}

function container(kind: Kind): fc.Arbitrary<JsonObject> {
  const model = {
    image: scalar,
    args: fc.array(fc.constantFrom<Json>('1', '2'), { maxLength: 2 }),
    env: items(kind, 'name', ['A', 'B', 'C'], () => plainFields(kind, { value: scalar })),
    volumeMounts: items(kind, 'mountPath', ['/a', '/b'], () => plainFields(kind, { name: scalar, readOnly: scalar })),
    resources: plainFields(kind, { limits: texts(kind), requests: texts(kind) }, ['limits', 'requests']),
    securityContext: fields(kind, { runAsUser: scalar, procMount: scalar }),
    startupProbe: plainFields(kind, {
      periodSeconds: scalar,
      httpGet: plainFields(kind, { path: scalar, port: scalar }),
    }),
  };
  return plainFields(kind, model, ['resources', 'securityContext']);
}

function pods(kind: Kind): fc.Arbitrary<JsonObject> {
  const volume = (name: string) =>
    name === 'empty'
      ? plainFields(kind, { emptyDir: plainFields(kind, { medium: scalar, sizeLimit: scalar }) })
      : plainFields(kind, { configMap: plainFields(kind, { name: scalar, optional: scalar }) });
  const model = {
    containers: items(kind, 'name', ['base', 'log', 'proxy'], () => container(kind)),
    initContainers: items(kind, 'name', ['first', 'second'], () => container(kind)),
    volumes: items(kind, 'name', ['empty', 'map'], volume),
    tolerations: fc.array(fc.constantFrom<JsonObject>({ key: 'a' }, { key: 'b', operator: 'Exists' }), {
      maxLength: 2,
    }),
    hostAliases: items(kind, 'ip', ['1.1.1.1', '2.2.2.2'], () => plainFields(kind, { hostnames: fc.constant(['h']) })),
    nodeSelector: texts(kind),
    terminationGracePeriodSeconds: scalar,
    affinity: plainFields(kind, { nodeAffinity: plainFields(kind, { x: scalar }) }),
  };
  const finalizers = fc.uniqueArray(fc.constantFrom<Json>('a/x', 'b/x', 'c/x'));
  const metadata = plainFields(kind, { labels: texts(kind), finalizers }, ['labels']);
  const spec = plainFields(kind, model, ['nodeSelector', 'containers', 'initContainers']);
  return fc.record({ metadata, spec }, { noNullPrototype: true });
}

const deletes = (value: Json | undefined) => isJsonObject(value) && value.$patch === 'delete';

/** kubectl takes what is new to the base as it stands and leaks nulls and directives inside; their meaning is applied. */
function withoutLeaks(value: Json): Json {
  if (isJsonList(value)) {
    return value.filter((item) => !isJsonObject(item) || item.$patch === undefined).map(withoutLeaks);
  }
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([name, inner]) => !name.startsWith('$') && inner !== null && !deletes(inner),
  );
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutLeaks(inner ?? null)]));
}

const KEYS = ['name', 'mountPath', 'ip'];

/** The order of lists aside: items with a key by it, the other lists as they are but for finalizers. */
function inOrder(value: Json | undefined, field = ''): Json | undefined {
  if (isJsonObject(value)) {
    const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(entries.map(([name, inner]) => [name, inOrder(inner, name)]));
  }
  if (!isJsonList(value)) return value;
  const list = value.map((item) => inOrder(item) ?? null);
  if (field === 'tolerations' || field === 'args') return list;
  const keyOf = (item: Json) => (isJsonObject(item) ? KEYS.map((key) => item[key] ?? '').join(' ') : String(item));
  return list.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

describe.skipIf(!works)('strategicMerge beside kubectl', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gantry-merge-'));
  });
  afterAll(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  async function byKubectl(bases: readonly JsonObject[], patch: JsonObject): Promise<Json[]> {
    const file = join(folder, 'bases.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: bases }));
    const { stdout } = await run(
      KUBECTL,
      ['patch', '--local', '-f', file, '--type', 'strategic', '-p', JSON.stringify(patch), '-o', 'json'],
      { maxBuffer: 1 << 26 },
    );
    const answers = JSON.parse(`[${stdout.replace(/^\}\n\{/gm, '},{')}]`) as Json[];
    return answers.flatMap((answer) => (isJsonObject(answer) && isJsonList(answer.items) ? answer.items : [answer]));
  }

  it('gives what kubectl gives on random pods and patches, the order of lists aside', {
    timeout: 120_000,
  }, async () => {
    const named = (pod: JsonObject, index: number): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      ...pod,
      metadata: { ...(pod.metadata as JsonObject), name: `pod-${index}` },
    });
    const bases = fc.array(pods({ patch: false }), { minLength: 12, maxLength: 12 });
    const cases = fc.record({ bases, patch: pods({ patch: true }) });
    await fc.assert(
      fc.asyncProperty(cases, async ({ bases, patch }) => {
        const originals = bases.map(named);
        const theirs = await byKubectl(originals, patch);
        expect(theirs).toHaveLength(originals.length);
        originals.forEach((base, index) => {
          expect(inOrder(strategicMerge(base, patch, 'patch'))).toEqual(inOrder(withoutLeaks(theirs[index] ?? null)));
        });
      }),
      { numRuns: 40, seed: 20260716, endOnFailure: true },
    );
  });
});
