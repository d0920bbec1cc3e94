import type { JsonObject } from '@gantry/sdk/model';
import { describe, expect, it } from 'vitest';
import { type MergeRule, POD_MERGE_RULE } from '../merge-keys.ts';
import { checkPodShape } from './check-pod-shape.ts';
import { POD_SCHEMA } from './pod-schema.ts';

const said = (value: JsonObject, shapeOf: 'pod' | 'override' = 'override') =>
  checkPodShape(value, shapeOf).map(({ sentence }) => sentence);
const base = (fields: JsonObject): JsonObject => ({ spec: { containers: [{ name: 'base', ...fields }] } });

describe('the closed schema of a pod', () => {
  it.each<[what: string, value: JsonObject, sentence: string]>([
    [
      'a misspelt field, with the nearest name',
      base({ resource: {} }),
      'spec.containers[0].resource is no field of Container in Kubernetes 1.36. Did you mean resources?',
    ],
    ['a field in the wrong place', { spec: { image: 'x' } }, 'spec.image is no field of PodSpec in Kubernetes 1.36.'],
    [
      'a number where a text belongs',
      base({ env: [{ name: 'A', value: 1 }] }),
      'spec.containers[0].env[0].value is 1; expected a text (put it in quotes).',
    ],
    [
      'a text where a number belongs',
      { spec: { terminationGracePeriodSeconds: '5' } },
      'spec.terminationGracePeriodSeconds is "5"; expected a whole number.',
    ],
    [
      'a text where a truth value belongs',
      { spec: { hostNetwork: 'yes' } },
      'spec.hostNetwork is "yes"; expected true or false.',
    ],
    ['a map where a list belongs', { spec: { tolerations: {} } }, 'spec.tolerations is a map; expected a list.'],
    ['a list where a map belongs', { spec: { nodeSelector: [] } }, 'spec.nodeSelector is a list; expected a map.'],
    [
      'a text where a type belongs',
      { spec: { affinity: 'near' } },
      'spec.affinity is "near"; expected a map (Affinity).',
    ],
    [
      'an unknown value of an enumeration',
      base({ imagePullPolicy: 'always' }),
      'spec.containers[0].imagePullPolicy is "always"; expected one of Always, IfNotPresent, Never. Did you mean Always?',
    ],
    [
      'an amount that is none',
      base({ resources: { limits: { memory: '1 GB' } } }),
      'spec.containers[0].resources.limits.memory is "1 GB"; expected an amount such as 500m, 2 or 1Gi.',
    ],
    [
      'null where the type requires a value',
      base({ volumeMounts: [{ name: 'data', mountPath: null }] }),
      'spec.containers[0].volumeMounts[0].mountPath is null, but VolumeMount requires it; give a value or leave it out.',
    ],
  ])('finds %s', (_what, value, sentence) => {
    expect(said(value)).toEqual([sentence]);
  });

  it('finds nothing in a good override with nulls, directives, amounts, labels and ports by name', () => {
    const value: JsonObject = {
      metadata: { labels: { team: 'a', old: null }, annotations: null },
      spec: {
        $patch: 'merge',
        nodeSelector: { $patch: 'replace', disk: 'ssd' },
        serviceAccountName: null,
        containers: [
          { name: 'base', resources: { limits: { cpu: 2, memory: '1Gi', 'example.com/gpu': '1' }, requests: null } },
          { name: 'old', $patch: 'delete' },
          { name: 'side', image: 'x', livenessProbe: { httpGet: { port: 'web' } }, ports: [{ containerPort: 80 }] },
        ],
      },
    };
    expect(said(value)).toEqual([]);
  });

  it('asks of a whole pod what Kubernetes requires', () => {
    expect(said({ spec: { containers: [{ image: 'x', volumeMounts: [{ name: 'a' }] }] } }, 'pod')).toEqual([
      'spec.containers[0].volumeMounts[0].mountPath is missing; VolumeMount requires it.',
      'spec.containers[0].name is missing; Container requires it.',
    ]);
  });

  it('is bounded: by findings and by depth', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, 1]));
    expect(said(many)).toHaveLength(100);
    let deep: JsonObject = {};
    for (let level = 0; level < 100_000; level += 1) deep = { spec: deep };
    expect(said(deep)).toEqual(['spec.spec is no field of PodSpec in Kubernetes 1.36.']);
  });
});

/** Rules that differ from Kubernetes' own on purpose, or that its document lacks. */
const DIFFERENCES = new Set(['envFrom']);

describe('the merge rules', () => {
  it('name the merge keys that Kubernetes’ schema marks, and no others but for the differences', () => {
    const wrong: string[] = [];
    const walk = (type: string, rule: MergeRule | undefined, path: string, depth: number): void => {
      if (depth > 8) return;
      for (const [name, field] of POD_SCHEMA.get(type) ?? []) {
        const below = rule?.kind === 'map' ? rule.fields?.[name] : undefined;
        const at = `${path}.${name}`;
        const { kind } = field;
        const itemType = kind.kind === 'list' && kind.item.kind === 'type' ? kind.item.name : null;
        if (!DIFFERENCES.has(name)) {
          const key = below?.kind === 'keyed_list' ? below.keys[0]!.field : below?.kind === 'set_list' ? '' : null;
          const marked = path.startsWith('Pod.status') ? null : field.mergeKey;
          if (kind.kind === 'list' && key !== marked) wrong.push(`${at}: ${key} instead of ${marked}`);
        }
        if (kind.kind === 'type') walk(kind.name, below, at, depth + 1);
        if (itemType !== null) walk(itemType, below?.kind === 'keyed_list' ? below.item : undefined, at, depth + 1);
      }
    };
    walk('Pod', POD_MERGE_RULE, 'Pod', 0);
    expect(wrong).toEqual([]);
  });
});
