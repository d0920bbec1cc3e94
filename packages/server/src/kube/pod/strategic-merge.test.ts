import type { JsonObject } from '@gantry/sdk/model';
import { describe, expect, it } from 'vitest';
import { strategicMerge } from './strategic-merge.ts';

const merge = (base: JsonObject, patch: JsonObject) => strategicMerge(base, patch, 'DAG a, task b, podOverride');
const pod = (base: JsonObject): JsonObject => ({ spec: { containers: [{ name: 'base', ...base }] } });
const mergeBase = (base: JsonObject, patch: JsonObject) => {
  const merged = merge(pod(base), pod(patch)) as { spec: { containers: JsonObject[] } };
  return merged.spec.containers[0];
};

describe('strategicMerge, as kubectl does it', () => {
  it('merges maps by key and replaces scalars', () => {
    expect(merge({ metadata: { labels: { a: '1', b: '2' } } }, { metadata: { labels: { b: '3', c: '4' } } })).toEqual({
      metadata: { labels: { a: '1', b: '3', c: '4' } },
    });
  });

  it('lets false, 0 and the empty text win', () => {
    const base = { spec: { hostNetwork: true, terminationGracePeriodSeconds: 30, hostname: 'a' } };
    const patch = { spec: { hostNetwork: false, terminationGracePeriodSeconds: 0, hostname: '' } };
    expect(merge(base, patch)).toEqual(patch);
  });

  it('keeps limits when only requests are named', () => {
    expect(
      mergeBase({ resources: { limits: { memory: '1Gi' } } }, { resources: { requests: { memory: '1Gi' } } }),
    ).toMatchObject({ resources: { limits: { memory: '1Gi' }, requests: { memory: '1Gi' } } });
  });

  it('removes what is null, and leaves no null of a new map', () => {
    expect(merge({ spec: { nodeSelector: { a: '1' } } }, { spec: { nodeSelector: null } })).toEqual({ spec: {} });
    expect(merge({}, { spec: { affinity: { nodeAffinity: null, podAffinity: {} } } })).toEqual({
      spec: { affinity: { podAffinity: {} } },
    });
  });

  it.each([
    ['env', { name: 'A', value: '1' }, { name: 'A', value: '2' }, { name: 'B', value: '3' }],
    [
      'volumeMounts',
      { mountPath: '/a', name: 'x' },
      { mountPath: '/a', readOnly: true },
      { mountPath: '/b', name: 'y' },
    ],
    [
      'volumeDevices',
      { devicePath: '/dev/a', name: 'x' },
      { devicePath: '/dev/a', name: 'z' },
      { devicePath: '/dev/b', name: 'y' },
    ],
    ['ports', { containerPort: 80, name: 'http' }, { containerPort: 80, name: 'web' }, { containerPort: 90 }],
  ])('merges %s of a container by their key', (list, present, change, added) => {
    expect(mergeBase({ [list]: [present] }, { [list]: [added, change] })).toEqual({
      name: 'base',
      [list]: [{ ...present, ...change }, added],
    });
  });

  it.each([
    ['initContainers', 'name'],
    ['imagePullSecrets', 'name'],
    ['hostAliases', 'ip'],
    ['topologySpreadConstraints', 'topologyKey'],
    ['schedulingGates', 'name'],
    ['resourceClaims', 'name'],
  ])('merges spec.%s by %s', (list, key) => {
    expect(
      merge({ spec: { [list]: [{ [key]: 'a', x: 1 }] } }, { spec: { [list]: [{ [key]: 'a', y: 2 }, { [key]: 'b' }] } }),
    ).toEqual({ spec: { [list]: [{ [key]: 'a', x: 1, y: 2 }, { [key]: 'b' }] } });
  });

  it('replaces lists without a merge key', () => {
    const base = { spec: { tolerations: [{ key: 'a' }], containers: [{ name: 'base', args: ['1', '2'] }] } };
    const patch = { spec: { tolerations: [{ key: 'b' }], containers: [{ name: 'base', args: [] }] } };
    expect(merge(base, patch)).toEqual(patch);
  });

  it('obeys $patch on maps and items, $retainKeys and $deleteFromPrimitiveList, and lets none into the pod', () => {
    expect(
      merge(
        { spec: { securityContext: { runAsUser: 1, fsGroup: 2 } } },
        { spec: { securityContext: { $patch: 'replace', runAsUser: 3 } } },
      ),
    ).toEqual({ spec: { securityContext: { runAsUser: 3 } } });
    expect(
      merge(
        { spec: { volumes: [{ name: 'a' }, { name: 'b' }] } },
        { spec: { volumes: [{ $patch: 'delete', name: 'a' }] } },
      ),
    ).toEqual({ spec: { volumes: [{ name: 'b' }] } });
    expect(
      merge({ spec: { volumes: [{ name: 'a' }] } }, { spec: { volumes: [{ $patch: 'replace' }, { name: 'c' }] } }),
    ).toEqual({ spec: { volumes: [{ name: 'c' }] } });
    expect(
      merge(
        { metadata: { labels: { a: '1', b: '2' } } },
        { metadata: { labels: { $retainKeys: ['b', 'c'], c: '3' } } },
      ),
    ).toEqual({ metadata: { labels: { b: '2', c: '3' } } });
    expect(
      merge(
        { metadata: { finalizers: ['a/x', 'b/x'] } },
        { metadata: { '$deleteFromPrimitiveList/finalizers': ['a/x'], finalizers: ['c/x'] } },
      ),
    ).toEqual({ metadata: { finalizers: ['b/x', 'c/x'] } });
    expect(merge({}, { spec: { volumes: [{ $patch: 'delete', name: 'a' }], affinity: { $patch: 'delete' } } })).toEqual(
      { spec: { volumes: [] } },
    );
  });

  it('replaces an item by deleting it and giving it anew', () => {
    expect(
      mergeBase(
        { env: [{ name: 'A', value: '1' }] },
        {
          env: [
            { $patch: 'delete', name: 'A' },
            { name: 'A', value: '2' },
          ],
        },
      ),
    ).toMatchObject({ env: [{ name: 'A', value: '2' }] });
  });

  it('changes neither argument, and takes __proto__ for a name like any other', () => {
    const base = Object.freeze({ metadata: Object.freeze({ labels: Object.freeze({ a: '1' }) }) });
    const patch = JSON.parse('{"metadata":{"labels":{"__proto__":"x","constructor":"y"}}}') as JsonObject;
    const merged = merge(base, patch);
    expect(JSON.stringify(merged)).toBe('{"metadata":{"labels":{"a":"1","__proto__":"x","constructor":"y"}}}');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe('strategicMerge, where it differs from kubectl on purpose', () => {
  it('keeps the order of the base and puts what is new after it', () => {
    const merged = merge(
      { spec: { containers: [{ name: 'base' }, { name: 'proxy' }] } },
      { spec: { containers: [{ name: 'log' }, { name: 'proxy', image: 'p' }] } },
    );
    expect(merged).toEqual({
      spec: { containers: [{ name: 'base' }, { name: 'proxy', image: 'p' }, { name: 'log' }] },
    });
  });

  it('extends envFrom, without adding a source twice, and removes it by null', () => {
    const base = { envFrom: [{ secretRef: { name: 'a' } }] };
    expect(mergeBase(base, { envFrom: [{ configMapRef: { name: 'b' } }, { secretRef: { name: 'a' } }] })).toMatchObject(
      { envFrom: [{ secretRef: { name: 'a' } }, { configMapRef: { name: 'b' } }] },
    );
    expect(mergeBase(base, { envFrom: [{ $patch: 'replace' }, { secretRef: { name: 'c' } }] })).toMatchObject({
      envFrom: [{ secretRef: { name: 'c' } }],
    });
    expect(mergeBase(base, { envFrom: null })).toEqual({ name: 'base' });
  });

  it.each([
    [
      'a variable',
      { env: [{ name: 'A', value: '1' }] },
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'x' } } }] },
    ],
    [
      'what a variable reads',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'k' } } }] },
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'b', key: 'k' } } }] },
    ],
    ['a probe', { startupProbe: { exec: { command: ['a'] } } }, { startupProbe: { httpGet: { port: 1 } } }],
    [
      'a hook',
      { lifecycle: { preStop: { sleep: { seconds: 1 } } } },
      { lifecycle: { preStop: { exec: { command: ['a'] } } } },
    ],
  ])('lets one of several take the place of the others: %s', (_what, base, patch) => {
    expect(mergeBase(base, patch)).toEqual({ name: 'base', ...patch });
  });

  it('lets a new source of a volume or a resource claim take the place of the old one', () => {
    const base = {
      spec: { volumes: [{ name: 'v', emptyDir: {} }], resourceClaims: [{ name: 'c', resourceClaimName: 'x' }] },
    };
    const patch = {
      spec: {
        volumes: [{ name: 'v', configMap: { name: 'm' } }],
        resourceClaims: [{ name: 'c', resourceClaimTemplateName: 'y' }],
      },
    };
    expect(merge(base, patch)).toEqual(patch);
  });

  it('merges within the source of a volume that stays the same', () => {
    expect(
      merge(
        { spec: { volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] } },
        { spec: { volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }] } },
      ),
    ).toEqual({ spec: { volumes: [{ name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } }] } });
  });

  it('tells ports of the same number apart by protocol, TCP being the default', () => {
    expect(
      mergeBase(
        { ports: [{ containerPort: 53 }] },
        {
          ports: [
            { containerPort: 53, protocol: 'UDP' },
            { containerPort: 53, protocol: 'TCP', name: 'dns' },
          ],
        },
      ),
    ).toMatchObject({
      ports: [
        { containerPort: 53, protocol: 'TCP', name: 'dns' },
        { containerPort: 53, protocol: 'UDP' },
      ],
    });
  });

  it('takes a nameless container in first position for base', () => {
    expect(merge(pod({ image: 'i' }), { spec: { containers: [{}, { name: 'log' }] } })).toEqual({
      spec: { containers: [{ name: 'base', image: 'i' }, { name: 'log' }] },
    });
  });
});

describe('strategicMerge refuses, naming source, path and remedy:', () => {
  it.each<[string, JsonObject, RegExp]>([
    [
      'a nameless container further down',
      { spec: { containers: [{ name: 'base' }, {}] } },
      /^DAG a, task b, podOverride: spec\.containers\[1\] has no name; .* must be given\.$/,
    ],
    [
      'a nameless init container',
      { spec: { initContainers: [{ image: 'x' }] } },
      /spec\.initContainers\[0\] has no name/,
    ],
    [
      'the same key twice',
      pod({ env: [{ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' }] }),
      /spec\.containers\[0\]\.env has A twice: spec\.containers\[0\]\.env\[0\] and spec\.containers\[0\]\.env\[2\]\./,
    ],
    ['base named and implied', { spec: { containers: [{}, { name: 'base' }] } }, /has base twice/],
    [
      'an unknown directive',
      { spec: { '$setElementOrder/containers': [] } },
      /spec has the directive \$setElementOrder\/containers, which is not supported/,
    ],
    ['an unknown $patch', { spec: { $patch: 'remove' } }, /spec has \$patch "remove"; use replace, delete or merge/],
    ['an item that is no object', { spec: { volumes: ['a'] } }, /spec\.volumes\[0\] is "a"; expected an object/],
    [
      'fields outside $retainKeys',
      { spec: { $retainKeys: ['a'], b: 1 } },
      /sets b, which its own \$retainKeys leaves out/,
    ],
    [
      'deleting from a list without key',
      { spec: { tolerations: [{ $patch: 'delete', key: 'a' }] } },
      /spec\.tolerations\[0\] cannot be deleted alone/,
    ],
  ])('%s', (_what, patch, sentence) => {
    expect(() => merge({ spec: {} }, patch)).toThrow(sentence);
  });

  it('an override that is nested without end', () => {
    let deep: JsonObject = {};
    for (let level = 0; level < 10_000; level += 1) deep = { a: deep };
    expect(() => merge({}, deep)).toThrow(/nested more than 64 levels/);
  });
});
