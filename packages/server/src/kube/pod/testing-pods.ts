import type { Json, JsonObject } from '@gantry/sdk/model';
import fc from 'fast-check';

/**
 * Random pods and patches of pods, for tests. What the merge does other than kubectl on purpose is left out: envFrom, a
 * change between alternatives, repeated keys, ports by protocol.
 */
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
  names: readonly (string | number)[],
  rest: (name: string | number) => fc.Arbitrary<JsonObject>,
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
    volumeDevices: items(kind, 'devicePath', ['/dev/a', '/dev/b'], () => plainFields(kind, { name: scalar })),
    ports: items(kind, 'containerPort', [80, 81], () => plainFields(kind, { name: scalar, hostPort: scalar })),
    resources: plainFields(kind, { limits: texts(kind), requests: texts(kind) }, ['limits', 'requests']),
    securityContext: fields(kind, { runAsUser: scalar, procMount: scalar }),
    startupProbe: plainFields(kind, {
      periodSeconds: scalar,
      httpGet: plainFields(kind, { path: scalar, port: scalar }),
    }),
  };
  return plainFields(kind, model, ['resources', 'securityContext']);
}

export function randomPods(kind: Kind): fc.Arbitrary<JsonObject> {
  const volume = (name: string | number) =>
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
    imagePullSecrets: items(kind, 'name', ['a', 'b'], () => plainFields(kind, {})),
    topologySpreadConstraints: items(kind, 'topologyKey', ['zone', 'host'], () =>
      plainFields(
        kind,
        { maxSkew: scalar, labelSelector: plainFields(kind, { matchLabels: texts(kind) }, ['matchLabels']) },
        ['labelSelector'],
      ),
    ),
    nodeSelector: texts(kind),
    terminationGracePeriodSeconds: scalar,
    affinity: plainFields(kind, { nodeAffinity: plainFields(kind, { x: scalar }) }),
  };
  const finalizers = fc.uniqueArray(fc.constantFrom<Json>('a/x', 'b/x', 'c/x'));
  const metadata = plainFields(kind, { labels: texts(kind), finalizers }, ['labels']);
  const spec = plainFields(kind, model, ['nodeSelector', 'containers', 'initContainers', 'topologySpreadConstraints']);
  return fc.record({ metadata, spec }, { noNullPrototype: true });
}
