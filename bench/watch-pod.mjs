/** A running pod of a worker, with everything that a real API server writes into it: about 5 kB. */
export function benchPod(attemptId, version, labels, annotations) {
  const name = `fan-out-process-${attemptId}`;
  const at = '2026-11-25T10:00:00Z';
  const token = { serviceAccountToken: { audience: 'gantry', expirationSeconds: 3600, path: 'token' } };
  const mounts = [
    { name: 'gantry-token', mountPath: '/var/run/secrets/gantry', readOnly: true },
    { name: 'dags', mountPath: '/opt/gantry/dags', readOnly: true },
  ];
  const environment = [
    'GANTRY_ATTEMPT_ID',
    'GANTRY_EXECUTION_API_URL',
    'GANTRY_TOKEN_FILE',
    'GANTRY_BUNDLE_FOLDER',
    'GANTRY_POD_SHAPE',
    'DATABASE_HOST',
    'BUCKET',
  ].map((key) => ({ name: key, value: `value-of-${key.toLowerCase()}-${attemptId}` }));
  const condition = (type) => ({
    type,
    observedGeneration: 1,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: at,
  });
  const owned = (path) => ({
    'f:metadata': { 'f:labels': { '.': {}, 'f:attempt_id': {}, 'f:dag_id': {} } },
    'f:spec': path,
  });
  const fields = Object.fromEntries(
    ['f:args', 'f:env', 'f:image', 'f:imagePullPolicy', 'f:name', 'f:resources', 'f:volumeMounts'].map((key) => [
      key,
      {},
    ]),
  );
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: attemptId,
      resourceVersion: String(version),
      generation: 1,
      creationTimestamp: at,
      labels,
      annotations,
      managedFields: [
        {
          manager: 'node',
          operation: 'Update',
          apiVersion: 'v1',
          time: at,
          fieldsType: 'FieldsV1',
          fieldsV1: owned({ 'f:containers': { 'k:{"name":"base"}': { '.': {}, ...fields } }, 'f:restartPolicy': {} }),
        },
        {
          manager: 'kubelet',
          operation: 'Update',
          apiVersion: 'v1',
          time: at,
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': fields }, 'f:containerStatuses': {}, 'f:phase': {} },
          },
          subresource: 'status',
        },
      ],
    },
    spec: {
      volumes: [
        { name: 'gantry-token', projected: { sources: [token], defaultMode: 420 } },
        { name: 'dags', emptyDir: {} },
      ],
      containers: [
        {
          name: 'base',
          image: 'registry.example/team/gantry-worker:2026-11-25',
          args: ['worker'],
          env: environment,
          resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
          volumeMounts: mounts,
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'FallbackToLogsOnError',
          imagePullPolicy: 'IfNotPresent',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
        },
      ],
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'gantry-worker',
      serviceAccount: 'gantry-worker',
      automountServiceAccountToken: false,
      nodeName: 'node-17',
      securityContext: { runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      schedulerName: 'default-scheduler',
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        condition,
      ),
      hostIP: '10.0.0.17',
      hostIPs: [{ ip: '10.0.0.17' }],
      podIP: '10.88.3.4',
      podIPs: [{ ip: '10.88.3.4' }],
      startTime: at,
      containerStatuses: [
        {
          name: 'base',
          state: { running: { startedAt: at } },
          lastState: {},
          ready: true,
          restartCount: 0,
          image: 'registry.example/team/gantry-worker:2026-11-25',
          imageID: `registry.example/team/gantry-worker@sha256:${'a'.repeat(64)}`,
          containerID: `containerd://${'b'.repeat(64)}`,
          started: true,
        },
      ],
      qosClass: 'Burstable',
    },
  };
}
