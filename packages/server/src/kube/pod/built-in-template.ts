import type { PodTemplate } from './pod-layer.ts';

/**
 * The account that a container of the built-in template runs as: `nonroot` of the distroless images. `runAsNonRoot`
 * alone would refuse every image whose USER is root or a name, so a number is given; an image that needs another one
 * says so in a podOverride.
 */
const NON_ROOT_ID = 65532;

/** The template used when neither the task, nor its DAG, nor `pod_template_file` names one. Meets `restricted` pod security. */
export const BUILT_IN_TEMPLATE: PodTemplate = {
  source: 'the built-in template',
  version: 'built-in',
  warnings: [],
  lines: new Map(),
  document: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'gantry-task' },
    spec: {
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NON_ROOT_ID,
        runAsGroup: NON_ROOT_ID,
        // Makes emptyDir and the token readable to the account above.
        fsGroup: NON_ROOT_ID,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'base',
          image: 'gantry-worker:latest',
          imagePullPolicy: 'IfNotPresent',
          // A request and no limit: the start of a worker is bound by the CPU, and a tight limit would only delay it.
          resources: { requests: { cpu: '100m', memory: '128Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  },
};
