import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endedContainer,
  runningContainer,
  samplePod,
  samplePodObject,
  waitingContainer,
} from '../../../../test/support/sample-pod.ts';
import { observePod, type PodObservation } from './pod-observation.ts';
import { DEFAULT_PATIENCE } from './pod-patience.ts';
import type { PodView } from './pod-view.ts';
import { readPod } from './read-pod.ts';

type Parts = Parameters<typeof samplePodObject>[0];
type Row = readonly [what: string, parts: Parts, expected: string, view?: Partial<PodView>];

const WORKER: PodView = { workload: 'worker', deletedByUs: false, gone: false };
const IMAGE: Partial<PodView> = { workload: 'image' };
const GONE: Partial<PodView> = { gone: true };
const OURS: Partial<PodView> = { deletedByUs: true };

function observe(parts: Parts, view: Partial<PodView> = {}): PodObservation {
  return observePod(samplePod(parts), { ...WORKER, ...view });
}

function short(seen: PodObservation): string {
  if (seen.kind === 'waiting') {
    if (seen.fatal !== null) return `fails at once: ${seen.fatal.class}`;
    return `waits ${seen.deadlineSeconds ?? 'long'}: ${seen.afterDeadline.class}`;
  }
  if (seen.kind !== 'ended') return seen.kind;
  return `${seen.ending.failure?.class ?? 'success'}, ${seen.ending.provenDead ? 'dead' : 'perhaps alive'}`;
}

function over(exitCode: number, parts: object = {}, status: object = {}, metadata: object = {}): Parts {
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed';
  return {
    metadata: { ...metadata },
    status: { phase, containerStatuses: [endedContainer(exitCode, { ...parts })], ...status },
  };
}

function running(status: object = {}, metadata: object = {}): Parts {
  return {
    metadata: { ...metadata },
    status: { phase: 'Running', containerStatuses: [runningContainer()], ...status },
  };
}

function waiting(reason: string, message?: string): Parts {
  return { status: { containerStatuses: [waitingContainer(reason, message)] } };
}

function target(reason: string, at = '2026-01-01T00:00:50Z'): object {
  return {
    conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message: 'Taken.', lastTransitionTime: at }],
  };
}

function scheduled(reason: string): Parts {
  return {
    spec: { nodeName: undefined },
    status: { conditions: [{ type: 'PodScheduled', status: 'False', reason, message: '0/3 nodes are available.' }] },
  };
}

/** Asked for at 00:00:55, five seconds before the sample container's end, with 30 s of grace. */
const DELETED = { deletionTimestamp: '2026-01-01T00:01:25Z', deletionGracePeriodSeconds: 30 };
/** Asked for after the end. */
const DELETED_LATER = { deletionTimestamp: '2026-01-01T01:00:00Z', deletionGracePeriodSeconds: 0 };
/** The last word on a pod that a kubelet has stopped and removed: when that was asked for is forgotten. */
const REMOVED = { deletionTimestamp: '2026-01-01T00:01:01Z', deletionGracePeriodSeconds: 0 };
const UNSEEN = { reason: 'ContainerStatusUnknown', startedAt: null, finishedAt: null };

const ROWS: readonly (readonly [id: string, rows: readonly Row[]])[] = [
  [
    'P2',
    [
      ['a worker that exited 0 has not reported', over(0), 'no_report, dead'],
      ['an image that exited 0 has succeeded', over(0), 'success, dead', IMAGE],
      ['exit 0 in answer to a deletion is no success', over(0, {}, {}, DELETED), 'disrupted, dead', IMAGE],
      [
        'exit 0 beside a disruption is no success',
        over(0, {}, target('PreemptionByScheduler')),
        'disrupted, dead',
        IMAGE,
      ],
      ['exit 0 before a deletion is one', over(0, {}, {}, DELETED_LATER), 'success, dead', IMAGE],
    ],
  ],
  [
    'P3',
    [
      ["an exit code other than 0 is the user's", over(3), 'user_error, dead'],
      ['except where a worker says so that it lost its attempt', over(75), 'disrupted, dead'],
      ['which an image has no such word for', over(75), 'user_error, dead', IMAGE],
      ['also with a signal', over(139, { signal: 11 }), 'user_error, dead'],
      ['also in a pod that was deleted after it', over(3, {}, {}, DELETED_LATER), 'user_error, dead'],
    ],
  ],
  [
    'P4',
    [
      ['killed for its memory', over(137, { reason: 'OOMKilled' }), 'out_of_memory, dead'],
      ['killed, and nobody says why', over(137), 'out_of_memory, dead'],
      ['killed by a deletion', over(137, {}, {}, DELETED), 'disrupted, dead'],
      [
        'killed for its memory while it was being deleted',
        over(137, { reason: 'OOMKilled' }, {}, REMOVED),
        'out_of_memory, dead',
      ],
      ['killed long before it was removed', over(137, {}, {}, DELETED_LATER), 'out_of_memory, dead'],
    ],
  ],
  [
    'P5',
    [
      [
        'evicted under node pressure',
        over(137, {}, { reason: 'Evicted', ...target('TerminationByKubelet') }),
        'disrupted, dead',
      ],
      [
        'evicted on a cluster without the condition',
        over(137, {}, { reason: 'Evicted', message: 'The node was low on resource: memory.' }),
        'disrupted, dead',
      ],
    ],
  ],
  [
    'P6',
    [
      [
        'past its own limit of storage',
        over(
          137,
          {},
          {
            reason: 'Evicted',
            message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.',
          },
        ),
        'storage_limit, dead',
      ],
      [
        'past the limit of an emptyDir',
        over(137, {}, { reason: 'Evicted', message: 'Usage of EmptyDir volume "x" exceeds the limit "1Gi".' }),
        'storage_limit, dead',
      ],
    ],
  ],
  [
    'P7',
    [
      'PreemptionByScheduler',
      'PreemptionByKubeScheduler',
      'DeletionByTaintManager',
      'EvictionByEvictionAPI',
      'TerminationByKubelet',
      'SomethingNew',
    ].map((reason): Row => [reason, over(143, {}, target(reason), DELETED), 'disrupted, dead']),
  ],
  [
    'P7 later',
    [
      [
        'a failure older than the condition is not its effect',
        over(1, {}, target('EvictionByEvictionAPI', '2026-01-01T00:05:00Z')),
        'user_error, dead',
      ],
    ],
  ],
  ['P8', [['marked, but healthy', running(target('PreemptionByScheduler')), 'running']]],
  [
    'P9',
    [
      ...[
        'OutOfcpu',
        'OutOfmemory',
        'OutOfpods',
        'NodeAffinity',
        'UnexpectedAdmissionError',
        'NodeShutdown',
        'AnythingElse',
      ].map(
        (reason): Row => [
          `refused: ${reason}`,
          { status: { phase: 'Failed', reason, message: 'Pod was rejected.' } },
          'never_started, dead',
        ],
      ),
      [
        'evicted before it ran, by the words of a refusal',
        { status: { phase: 'Failed', reason: 'Evicted', message: 'The node had condition: [DiskPressure].' } },
        'never_started, dead',
      ],
      [
        'evicted while it ran, by a kubelet that drops the statuses',
        { status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' } },
        'disrupted, perhaps alive',
      ],
    ],
  ],
  [
    'P10',
    [
      ['an init container failed', initFailed(1), 'never_started, dead'],
      ['its program is not there', initFailed(127), 'configuration, dead'],
      ['it could not be started', initFailed(128, { reason: 'StartError' }), 'configuration, dead'],
      ['it ran out of memory', initFailed(137, { reason: 'OOMKilled' }), 'out_of_memory, dead'],
      ['and the pod was deleted long after', initFailed(1, {}, DELETED_LATER), 'never_started, dead'],
      ['because the pod was deleted', initFailed(143, {}, DELETED), 'disrupted, dead'],
      ['a sidecar that failed does not count', sidecarFailed(), 'user_error, dead'],
    ],
  ],
  [
    'P11',
    [
      ['no image name', waiting('InvalidImageName'), 'fails at once: image'],
      ['never to be pulled', waiting('ErrImageNeverPull'), 'fails at once: image'],
    ],
  ],
  [
    'P12',
    [
      ...['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable', 'ImageInspectError'].map(
        (reason): Row => [reason, waiting(reason, 'not found'), 'waits 300: image'],
      ),
      ['congestion is no fault', waiting('ErrImagePull', 'pull QPS exceeded'), 'waits long: never_started'],
    ],
  ],
  [
    'P13',
    [
      ...['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'].map(
        (reason): Row => [reason, waiting(reason), 'waits 120: configuration'],
      ),
      [
        'named as fatal by the operator',
        waiting('CreateContainerConfigError'),
        'fails at once: configuration',
        { patience: { ...DEFAULT_PATIENCE, fatalReasons: ['CreateContainerConfigError'] } },
      ],
      [
        'named as fatal though we do not know it',
        waiting('NewReason'),
        'fails at once: configuration',
        { patience: { ...DEFAULT_PATIENCE, fatalReasons: ['NewReason'] } },
      ],
      ['a reason we do not know is no fault', waiting('NewReason'), 'waits long: never_started'],
    ],
  ],
  ['P14', [['no room', scheduled('Unschedulable'), 'waits long: never_started']]],
  ['P15', [['held on purpose', scheduled('SchedulingGated'), 'waits long: never_started']]],
  [
    'P16',
    [
      [
        'the main container is over, another one runs',
        running({ containerStatuses: [runningContainer('aaa'), endedContainer(3)] }),
        'user_error, dead',
      ],
      [
        'the main container runs, another one has failed',
        running({ containerStatuses: [endedContainer(1, {}, 'aaa'), runningContainer()] }),
        'running',
      ],
    ],
  ],
  [
    'P17',
    [
      [
        'the container was restarted and runs',
        running({ containerStatuses: [{ ...runningContainer(), restartCount: 2 }] }),
        'running',
      ],
      [
        'it may restart',
        { ...running({ containerStatuses: [endedContainer(1)] }), spec: { restartPolicy: 'OnFailure' } },
        'running',
      ],
    ],
  ],
  [
    'P18',
    [
      ['being deleted while it runs', running({}, DELETED), 'running'],
      [
        'being deleted while it waits',
        { ...waiting('ImagePullBackOff'), metadata: DELETED },
        'waits long: never_started',
      ],
      ['deleted by us', over(143, {}, {}, DELETED), 'killed, dead', OURS],
      [
        'removed right after it was killed, as only the last word tells',
        over(137, {}, {}, REMOVED),
        'disrupted, dead',
        GONE,
      ],
      ['removed right after SIGTERM ended it', over(143, {}, {}, REMOVED), 'disrupted, dead', GONE],
      [
        'removed right after exit 0, which may be the answer to SIGTERM',
        over(0, {}, {}, REMOVED),
        'disrupted, dead',
        { ...GONE, ...IMAGE },
      ],
      ['removed right after an exit code that no stop leaves', over(3, {}, {}, REMOVED), 'user_error, dead', GONE],
      [
        'removed, and it was seen that the deletion was asked for after its end',
        over(0, {}, {}, { ...REMOVED, deletionTimestamp: '2026-01-01T00:01:02Z', deletionGracePeriodSeconds: 1 }),
        'success, dead',
        { ...GONE, ...IMAGE },
      ],
      [
        'removed late, and it was seen that the deletion was asked for before its end',
        over(0, {}, {}, DELETED_LATER),
        'disrupted, dead',
        { ...GONE, ...IMAGE, deletionAskedAt: Date.parse('2026-01-01T00:00:55Z') },
      ],
      ['over before we deleted it', over(3, {}, {}, DELETED_LATER), 'user_error, dead', OURS],
    ],
  ],
  [
    'P19',
    [
      [
        'on a lost node',
        running({ reason: 'NodeLost', conditions: [{ type: 'Ready', status: 'Unknown' }] }),
        'running',
      ],
      ['on a lost node and marked', running(target('DeletionByTaintManager'), DELETED), 'running'],
    ],
  ],
  [
    'P20',
    [
      ['gone, and it had failed', over(3), 'user_error, dead', GONE],
      ['gone, and it had succeeded', over(0), 'success, dead', { ...GONE, ...IMAGE }],
    ],
  ],
  [
    'P21',
    [
      ['gone, and it was running', running(), 'disrupted, perhaps alive', GONE],
      ['gone, and it was never seen running', {}, 'never_started, perhaps alive', GONE],
      ['gone before it had a node', { spec: { nodeName: undefined } }, 'never_started, dead', GONE],
      [
        'deleted by us before it had a node',
        { spec: { nodeName: undefined }, metadata: DELETED },
        'killed, dead',
        { ...GONE, ...OURS },
      ],
    ],
  ],
  [
    'P22',
    [
      [
        'ended by the control plane alone',
        { status: { phase: 'Failed', containerStatuses: [runningContainer()], ...target('DeletionByPodGC') } },
        'disrupted, perhaps alive',
      ],
      ['the kubelet only assumes the end', over(137, UNSEEN), 'disrupted, perhaps alive'],
    ],
  ],
  ['P23', [['longer than activeDeadlineSeconds', over(143, {}, { reason: 'DeadlineExceeded' }), 'timeout, dead']]],
  [
    'P24',
    [
      ['a phase that nobody knows', { status: { phase: 'Unknown' } }, 'nothing'],
      ['a new phase', { status: { phase: 'Hibernating' } }, 'nothing'],
      ['no phase', { status: { phase: null } }, 'nothing'],
    ],
  ],
  [
    'start failures',
    [
      [
        'the program cannot be started',
        over(128, { reason: 'StartError', message: 'exec: "nope": not found' }),
        'configuration, dead',
      ],
      [
        'the container crashes and is started again',
        {
          ...running({ containerStatuses: [waitingContainer('CrashLoopBackOff')] }),
          spec: { restartPolicy: 'Always' },
        },
        'waits 120: user_error',
      ],
    ],
  ],
  [
    'lag',
    [
      [
        'the main container runs while the phase is old',
        { status: { phase: 'Pending', containerStatuses: [runningContainer()] } },
        'running',
      ],
    ],
  ],
];

function initFailed(exitCode: number, parts: object = {}, metadata: object = {}): Parts {
  return {
    metadata: { ...metadata },
    spec: { initContainers: [{ name: 'prepare' }] },
    status: {
      phase: 'Failed',
      initContainerStatuses: [endedContainer(exitCode, { ...parts }, 'prepare')],
      containerStatuses: [waitingContainer('PodInitializing')],
    },
  };
}

function sidecarFailed(): Parts {
  return {
    spec: { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] },
    status: {
      phase: 'Failed',
      initContainerStatuses: [endedContainer(1, {}, 'proxy')],
      containerStatuses: [endedContainer(3)],
    },
  };
}

for (const [id, rows] of ROWS) {
  const tag = /^P\d+/.exec(id)?.[0];
  describe(`row ${id}`, () => {
    for (const [what, parts, expected, view] of rows) {
      it(`${what}: ${expected}${tag === undefined ? '' : ` [${tag}]`}`, () => {
        expect(short(observe(parts, view))).toBe(expected);
      });
    }
  });
}

describe('what is said', () => {
  it('counts a pod that is gone by what was last seen of it: its end stands, and proves that nothing runs [P20]', () => {
    expect(short(observe(over(3), GONE))).toBe('user_error, dead');
    expect(short(observe(over(0), { ...GONE, ...IMAGE }))).toBe('success, dead');
  });

  it('does not end an attempt whose container was started again in its pod [P17 F45]', () => {
    const again = running({ containerStatuses: [{ ...runningContainer(), restartCount: 2 }] });
    expect(short(observe(again))).toBe('running');
  });

  it.each([
    [
      over(137, { reason: 'OOMKilled' }),
      'The container "base" ran out of memory and was killed; its memory limit is 256Mi.',
    ],
    [over(139, { signal: 11 }), 'The container "base" was ended by SIGSEGV (exit code 139).'],
    [
      initFailed(2, { message: 'no\n  such repository.' }),
      'The init container "prepare" exited with code 2, so the task was not started: no such repository.',
    ],
    [
      over(143, {}, target('EvictionByEvictionAPI'), DELETED),
      'The cluster stopped the pod because it was evicted, for instance by a node drain: Taken.',
    ],
  ])('is one sentence with the cause', (parts, sentence) => {
    const seen = observe(parts);
    expect(seen.kind === 'ended' && seen.ending.failure?.sentence).toBe(sentence);
  });

  it("names the scheduler's own words while there is no room", () => {
    const seen = observe(scheduled('Unschedulable'));
    expect(seen.kind === 'waiting' && seen.sentence).toBe('No node can take the pod yet: 0/3 nodes are available.');
  });

  it('never shows the password of a registry', () => {
    const parts = waiting('ErrImagePull', 'get https://robot:s3cret@registry.example/v2/: denied');
    expect(JSON.stringify(observe(parts))).not.toContain('s3cret');
    expect(JSON.stringify(observe(parts))).toContain('https://***@registry.example');
  });

  it('keeps the facts of every container in the detail', () => {
    const seen = observe(running({ containerStatuses: [runningContainer('aaa'), endedContainer(3)] }));
    expect(seen.kind === 'ended' && seen.ending.failure?.detail).toMatchObject({
      pod: 'sample',
      node: 'node1',
      containers: [
        { name: 'aaa', role: 'other', state: 'running' },
        { name: 'base', role: 'main', state: 'terminated', exitCode: 3, limits: { memory: '256Mi' } },
      ],
    });
  });
});

/** Words that explain nothing, as clusters and programs write them. */
const hollow = fc.constantFrom('None', 'null', 'undefined', 'unknown error', 'Unknown', 'Error', '', null, undefined);
const said = fc.oneof(
  hollow,
  fc.constantFrom('The node was low on resource: memory.', 'exec: "nope": not found', 'Pod was rejected.'),
);
const time = fc.constantFrom('2026-01-01T00:00:05Z', '2026-01-01T00:01:00Z', '2026-01-01T00:01:03Z', null, 'soon');
const state = fc.oneof(
  fc.record({ running: fc.record({ startedAt: time }) }),
  fc.record({
    waiting: fc.record({
      reason: fc.oneof(
        hollow,
        fc.constantFrom('ErrImagePull', 'CreateContainerConfigError', 'InvalidImageName', 'NewReason'),
      ),
      message: said,
    }),
  }),
  fc.record({
    terminated: fc.record({
      exitCode: fc.oneof(fc.constantFrom(0, 1, 75, 126, 127, 128, 137, 143, null), fc.integer()),
      signal: fc.constantFrom(undefined, 9, 15, 999),
      reason: fc.oneof(hollow, fc.constantFrom('OOMKilled', 'Completed', 'StartError', 'ContainerStatusUnknown')),
      message: said,
      startedAt: time,
      finishedAt: time,
    }),
  }),
  fc.constant({}),
);
const statuses = (...names: string[]) =>
  fc.array(fc.record({ name: fc.constantFrom(...names), restartCount: fc.nat(2), state, lastState: state }), {
    maxLength: 3,
  });
/** A pod as a cluster might show it: its fields have their kinds, but any values, in any combination. */
const sensible: fc.Arbitrary<Parts> = fc.record({
  metadata: fc.record({ deletionTimestamp: time, deletionGracePeriodSeconds: fc.constantFrom(0, 30, undefined) }),
  spec: fc.record({
    nodeName: fc.constantFrom('node1', undefined),
    restartPolicy: fc.constantFrom('Never', 'OnFailure', 'Always', undefined),
    initContainers: fc.constantFrom([], [{ name: 'prepare' }], [{ name: 'proxy', restartPolicy: 'Always' }]),
  }),
  status: fc.record({
    phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown', 'Hibernating', null),
    reason: fc.oneof(hollow, fc.constantFrom('Evicted', 'OutOfcpu', 'NodeLost', 'DeadlineExceeded', 'NewReason')),
    message: said,
    conditions: fc.array(
      fc.record({
        type: fc.constantFrom('DisruptionTarget', 'PodScheduled', 'NewCondition'),
        status: fc.constantFrom('True', 'False', 'Unknown'),
        reason: fc.oneof(hollow, fc.constantFrom('Unschedulable', 'SchedulingGated', 'DeletionByPodGC', 'toString')),
        message: said,
        lastTransitionTime: time,
      }),
      { maxLength: 2 },
    ),
    containerStatuses: statuses('base', 'other'),
    initContainerStatuses: statuses('prepare', 'proxy'),
  }),
});

/** At least five words, none of them hollow. */
function expectSentence(sentence: string): void {
  expect(sentence.split(' ').length).toBeGreaterThanOrEqual(5);
  expect(sentence).toMatch(/^[A-Z].*\.$/);
  expect(sentence).not.toMatch(/\b(null|undefined|none|unknown error|NaN)\b|\[object|: \.|: :/i);
}

describe('a pod that makes no sense', () => {
  const words = [
    'Succeeded',
    'Failed',
    'Running',
    'Pending',
    'Evicted',
    'True',
    '2026-01-01T00:00:00Z',
    'base',
    'Never',
    '__proto__',
    '',
  ];
  const leaf = fc.oneof(
    fc.constantFrom(...words),
    fc.string(),
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.double(),
  );
  const keys = [
    'metadata',
    'spec',
    'status',
    'name',
    'uid',
    'resourceVersion',
    'phase',
    'reason',
    'message',
    'conditions',
    'type',
    'containers',
    'initContainers',
    'containerStatuses',
    'initContainerStatuses',
    'state',
    'lastState',
    'terminated',
    'waiting',
    'running',
    'exitCode',
    'finishedAt',
    'startedAt',
    'nodeName',
    'restartPolicy',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'limits',
    'resources',
    'labels',
  ];
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 8 }),
    ),
  })).node;
  const view = fc.record({
    workload: fc.constantFrom('worker' as const, 'image' as const),
    deletedByUs: fc.boolean(),
    gone: fc.boolean(),
  });

  it('never throws, whatever the API sends, and never says success without a seen exit code 0 [I13 I25 F21]', () => {
    fc.assert(
      fc.property(tree, tree, tree, view, (metadata, spec, status, how) => {
        const known = { name: 'p', uid: 'u', resourceVersion: '1' };
        const object = {
          metadata: typeof metadata === 'object' && metadata !== null ? { ...metadata, ...known } : known,
          spec,
          status,
        };
        const pod = readPod(object);
        expect(pod).not.toBeNull();
        const seen = observePod(pod!, how);
        if (seen.kind === 'ended' && seen.ending.failure === null) {
          expect(how.workload).toBe('image');
          expect(pod!.containerStatuses.some(({ state }) => state.kind === 'terminated' && state.exitCode === 0)).toBe(
            true,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('has, when it failed, always a class and a sentence that says something [I25]', () => {
    fc.assert(
      fc.property(sensible, view, (parts, how) => {
        const seen = observePod(samplePod(parts), how);
        if (seen.kind === 'waiting') {
          expectSentence(seen.sentence);
          expectSentence(seen.afterDeadline.sentence);
        }
        if (seen.kind !== 'ended' || seen.ending.failure === null) return;
        expect(seen.ending.failure.class).toMatch(/^[a-z_]+$/);
        expectSentence(seen.ending.failure.sentence);
        expect(seen.ending.failure.detail).toMatchObject({ pod: 'sample', containers: expect.any(Array) });
      }),
      { numRuns: 3000 },
    );
  });

  it('is no pod at all without name, uid and version', () => {
    fc.assert(
      fc.property(tree, (anything) => void readPod(anything)),
      { numRuns: 1000 },
    );
    for (const key of ['name', 'uid', 'resourceVersion'])
      expect(readPod(samplePodObject({ metadata: { [key]: undefined } }))).toBeNull();
  });

  it('stays small whatever its author writes', () => {
    const long = 'x'.repeat(1_000_000);
    const many = Array.from({ length: 5000 }, (_, index) => ({ name: `c${index}`, image: long }));
    const pod = samplePod({
      metadata: { labels: { a: long, b: 'short' } },
      spec: { containers: many },
      status: { message: long },
    });
    expect(pod.containers).toHaveLength(100);
    expect(pod.labels).toEqual({ b: 'short' });
    expect(JSON.stringify(pod).length).toBeLessThan(1_000_000);
  });
});
