import { expect, test } from 'vitest';
import { podReferences } from './pod-references.ts';

const found = (spec: object) =>
  podReferences({ spec: { ...spec } }).map(({ kind, name, path, keys }) =>
    [kind, name, path.replace(/^spec\./, ''), ...keys.map(({ key }) => key)].join(' '),
  );

test('everything that a pod names of its cluster is found, with its path and the keys it takes', () => {
  expect(
    found({
      serviceAccountName: 'account',
      priorityClassName: 'first',
      runtimeClassName: 'vm',
      imagePullSecrets: [{ name: 'pull' }],
      initContainers: [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'k' } } }] }],
      containers: [
        {
          env: [
            { name: 'B', valueFrom: { configMapKeyRef: { name: 'b', key: 'k' } } },
            { name: 'C', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'D', value: 'plain' },
          ],
          envFrom: [{ secretRef: { name: 'c' } }, { configMapRef: { name: 'd' } }],
        },
      ],
      volumes: [
        { name: '0', secret: { secretName: 'e', items: [{ key: 'k', path: 'p' }] } },
        { name: '1', configMap: { name: 'f' } },
        { name: '2', persistentVolumeClaim: { claimName: 'g' } },
        { name: '3', projected: { sources: [{ secret: { name: 'h' } }, { configMap: { name: 'i' } }] } },
        { name: '4', csi: { driver: 'x', nodePublishSecretRef: { name: 'j' } } },
      ],
    }),
  ).toEqual([
    'serviceAccount account serviceAccountName',
    'priorityClass first priorityClassName',
    'runtimeClass vm runtimeClassName',
    'pullSecret pull imagePullSecrets[0].name',
    'secret a initContainers[0].env[0].valueFrom.secretKeyRef.name k',
    'configMap b containers[0].env[0].valueFrom.configMapKeyRef.name k',
    'secret c containers[0].envFrom[0].secretRef.name',
    'configMap d containers[0].envFrom[1].configMapRef.name',
    'secret e volumes[0].secret.secretName k',
    'configMap f volumes[1].configMap.name',
    'claim g volumes[2].persistentVolumeClaim.claimName',
    'secret h volumes[3].projected.sources[0].secret.name',
    'configMap i volumes[3].projected.sources[1].configMap.name',
    'secret j volumes[4].csi.nodePublishSecretRef.name',
  ]);
});

test('what is optional is left out, wherever it is named', () => {
  const optional = { name: 'none', key: 'k', optional: true };
  expect(
    found({
      containers: [
        {
          env: [
            { name: 'A', valueFrom: { secretKeyRef: optional } },
            { name: 'B', valueFrom: { configMapKeyRef: optional } },
          ],
          envFrom: [{ secretRef: optional }, { configMapRef: optional }],
        },
      ],
      volumes: [
        { name: '0', secret: { secretName: 'none', optional: true } },
        { name: '1', configMap: optional },
        { name: '2', projected: { sources: [{ secret: optional }, { configMap: optional }] } },
      ],
    }),
  ).toEqual([]);
});

test('a pod of odd shapes names nothing, and is no error here: the cluster tells', () => {
  expect(podReferences({})).toEqual([]);
  expect(found({ serviceAccountName: '', containers: 'many', volumes: [null, 1, { secret: [] }] })).toEqual([]);
});
