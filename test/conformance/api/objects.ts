import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';
import { asPod, versionOf } from '../kube-session.ts';

/** Making, reading and changing single objects. */
export function objectPromises(bench: () => ConformanceBench): void {
  describe('objects', () => {
    it('a created pod is Pending, has an identity, and the defaults of the API', async () => {
      const { session, pods, pod, name } = words(bench());
      const one = name('created');
      const answer = await session.send('POST', pods(), { body: pod(one, { schedulerName: 'nobody' }) });
      expect(answer).toMatchObject({
        code: 201,
        body: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {
            name: one,
            namespace: bench().namespace,
            uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
            resourceVersion: expect.stringMatching(/^[1-9]\d*$/),
            creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
            generation: 1,
          },
          spec: {
            restartPolicy: 'Never',
            terminationGracePeriodSeconds: 30,
            dnsPolicy: 'ClusterFirst',
            serviceAccountName: 'default',
            securityContext: {},
            enableServiceLinks: true,
            containers: [
              {
                name: 'base',
                resources: {},
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'IfNotPresent',
                volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }],
              },
            ],
            volumes: [{ name: expect.stringMatching(/^kube-api-access-/), projected: { defaultMode: 0o644 } }],
          },
          status: { phase: 'Pending', qosClass: 'BestEffort' },
        },
      });
      expect((await session.send('GET', pods(one))).body).toEqual(answer.body);
    });

    it('limits become requests, and both decide the quality of service', async () => {
      const resources = { limits: { cpu: '100m', memory: '64Mi' } };
      const { create, unscheduled, container, name } = words(bench());
      const pod = await create(unscheduled(name('quality'), { containers: [container('true', { resources })] }));
      expect(pod).toMatchObject({
        spec: { containers: [{ resources: { ...resources, requests: resources.limits } }] },
        status: { qosClass: 'Guaranteed' },
      });
    });

    it('a name that is taken is refused with AlreadyExists, whatever the pod', async () => {
      const { session, pods, create, unscheduled, name } = words(bench());
      const one = name('twice');
      await create(unscheduled(one));
      expect(await session.send('POST', pods(), { body: unscheduled(one, { nodeName: 'nowhere' }) })).toMatchObject({
        code: 409,
        body: {
          kind: 'Status',
          status: 'Failure',
          reason: 'AlreadyExists',
          message: `pods "${one}" already exists`,
          details: { name: one, kind: 'pods' },
          code: 409,
        },
      });
    });

    it('generateName makes a name', async () => {
      const { session, pods, unscheduled } = words(bench());
      const { metadata, ...rest } = unscheduled('ignored');
      const body = { ...rest, metadata: { generateName: 'made-' } };
      const [one, other] = [
        asPod(await session.send('POST', pods(), { body })),
        asPod(await session.send('POST', pods(), { body })),
      ];
      expect(metadata).toBeDefined();
      expect(one.metadata.name).toMatch(/^made-[a-z0-9]{5}$/);
      expect(other.metadata.name).not.toBe(one.metadata.name);
    });

    it('what is not there is answered with 404, whoever asks for it', async () => {
      const { session, pods, pod } = words(bench());
      const missing = { kind: 'Status', reason: 'NotFound', details: { name: 'none', kind: 'pods' }, code: 404 };
      expect(await session.send('GET', pods('none'))).toMatchObject({ code: 404, body: missing });
      expect(await session.send('DELETE', pods('none'))).toMatchObject({ code: 404, body: missing });
      expect(await session.send('GET', `${pods('none')}/log`)).toMatchObject({ code: 404, body: missing });
      expect(await session.send('POST', '/api/v1/namespaces/gantry-no-such/pods', { body: pod('none') })).toMatchObject(
        { code: 404, body: { reason: 'NotFound', details: { name: 'gantry-no-such', kind: 'namespaces' } } },
      );
      expect(await session.send('GET', '/apis/gantry.dev/v1/nothing')).toMatchObject({ code: 404 });
    });

    const invalid: readonly [string, object, object, readonly (readonly [string, string])[]][] = [
      ['a bad name', { name: 'Bad_Name' }, {}, [['FieldValueInvalid', 'metadata.name']]],
      ['a bad label', { labels: { 'a b': 'c' } }, {}, [['FieldValueInvalid', 'metadata.labels']]],
      ['a bad label value', { labels: { a: 'b c' } }, {}, [['FieldValueInvalid', 'metadata.labels']]],
      ['no container', {}, { containers: [] }, [['FieldValueRequired', 'spec.containers']]],
      ['no image', {}, { containers: [{ name: 'base' }] }, [['FieldValueRequired', 'spec.containers[0].image']]],
      [
        'two containers of one name',
        {},
        { containers: [1, 2].map(() => ({ name: 'base', image: 'x:1' })) },
        [['FieldValueDuplicate', 'spec.containers[1].name']],
      ],
      [
        'a bad container name',
        {},
        { containers: [{ name: 'Base', image: 'x:1' }] },
        [['FieldValueInvalid', 'spec.containers[0].name']],
      ],
      [
        'a mount without its volume',
        {},
        { containers: [{ name: 'base', image: 'x:1', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
        [['FieldValueNotFound', 'spec.containers[0].volumeMounts[0].name']],
      ],
      [
        'a request above its limit',
        {},
        { containers: [{ name: 'base', image: 'x:1', resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }] },
        [['FieldValueInvalid', 'spec.containers[0].resources.requests']],
      ],
      [
        'an unknown restart policy',
        {},
        { restartPolicy: 'Sometimes' },
        [['FieldValueNotSupported', 'spec.restartPolicy']],
      ],
      [
        'a deadline of nothing',
        {},
        { activeDeadlineSeconds: 0 },
        [['FieldValueInvalid', 'spec.activeDeadlineSeconds']],
      ],
      [
        'a volume of two kinds',
        {},
        { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/tmp' } }] },
        [['FieldValueForbidden', 'spec.volumes[0].hostPath']],
      ],
      [
        'a secret volume without a secret',
        {},
        { volumes: [{ name: 'v', secret: {} }] },
        [['FieldValueRequired', 'spec.volumes[0].secret.secretName']],
      ],
    ];
    it.each(invalid)('%s is refused with 422 and the field at fault', async (_what, metadata, spec, faults) => {
      const { session, pods, pod, name } = words(bench());
      const one = name('invalid');
      const answer = await session.send('POST', pods(), { body: pod(one, { ...spec }, { ...metadata }) });
      expect(answer).toMatchObject({ code: 422, body: { kind: 'Status', reason: 'Invalid', code: 422 } });
      const { causes } = (answer.body as unknown as { details: { causes: { reason: string; field: string }[] } })
        .details;
      expect(causes.map(({ reason, field }) => [reason, field])).toEqual(faults);
    });

    it('what cannot be read as a pod is refused with 400', async () => {
      const { session, pods, pod, name } = words(bench());
      for (const body of [
        '{',
        '[]',
        pod(name('x'), { containers: 'many' }),
        pod(name('x'), { containers: [{ name: 'base', image: 'x:1', command: 'sh' }] }),
      ]) {
        expect(await session.send('POST', pods(), { body })).toMatchObject({
          code: 400,
          body: { reason: 'BadRequest' },
        });
      }
    });

    it('a pod whose account is not there is forbidden', async () => {
      const { session, pods, pod, name } = words(bench());
      const answer = await session.send('POST', pods(), { body: pod(name('account'), { serviceAccountName: 'none' }) });
      expect(answer).toMatchObject({ code: 403, body: { reason: 'Forbidden' } });
      expect(answer.text).toContain('error looking up service account');
    });

    it('every change gives a new version, and a change that changes nothing gives none', async () => {
      const { session, pods, create, unscheduled, name } = words(bench());
      const one = name('versions');
      const first = versionOf(await create(unscheduled(one)));
      const label = (value: string) =>
        session.send('PATCH', pods(one), {
          body: { metadata: { labels: { a: value } } },
          contentType: 'application/merge-patch+json',
        });
      const second = versionOf((await label('1')).body);
      expect(Number(second)).toBeGreaterThan(Number(first));
      expect(versionOf((await label('1')).body)).toBe(second);
    });

    it('labels are changed by each kind of patch', async () => {
      const { session, pods, create, unscheduled, name } = words(bench());
      const one = name('patched');
      await create(unscheduled(one, {}, { labels: { a: '1', b: '2' } }));
      const patch = async (contentType: string, body: unknown) =>
        asPod(await session.send('PATCH', pods(one), { body, contentType })).metadata.labels;
      expect(await patch('application/merge-patch+json', { metadata: { labels: { a: null, c: '3' } } })).toEqual({
        b: '2',
        c: '3',
      });
      expect(
        await patch('application/strategic-merge-patch+json', { metadata: { labels: { b: null, d: '4' } } }),
      ).toEqual({ c: '3', d: '4' });
      expect(
        await patch('application/json-patch+json', [{ op: 'replace', path: '/metadata/labels/c', value: '5' }]),
      ).toEqual({ c: '5', d: '4' });
    });

    it('what a pod runs cannot be changed', async () => {
      const { session, pods, create, unscheduled, name } = words(bench());
      const one = name('fixed');
      await create(unscheduled(one));
      const body = { spec: { containers: [{ name: 'base', command: ['other'] }] } };
      expect(
        await session.send('PATCH', pods(one), { body, contentType: 'application/strategic-merge-patch+json' }),
      ).toMatchObject({
        code: 422,
        body: { reason: 'Invalid', details: { causes: [{ reason: 'FieldValueForbidden', field: 'spec' }] } },
      });
    });

    it('a replacement of an older version is a conflict', async () => {
      const { session, root, make, name } = words(bench());
      const one = name('config');
      await make('configmaps', one, { data: { a: '1' } });
      const path = `${root}/configmaps/${one}`;
      const { body } = await session.send('GET', path);
      expect(await session.send('PUT', path, { body: { ...body, data: { a: '2' } } })).toMatchObject({ code: 200 });
      expect(await session.send('PUT', path, { body: { ...body, data: { a: '3' } } })).toMatchObject({
        code: 409,
        body: { reason: 'Conflict' },
      });
      expect((await session.send('GET', path)).body).toMatchObject({ data: { a: '2' } });
    });

    it('a status is changed at its own place only', async () => {
      const { session, pods, create, unscheduled, name } = words(bench());
      const one = name('status');
      await create(unscheduled(one));
      const patch = (path: string, phase: string) =>
        session.send('PATCH', path, { body: { status: { phase } }, contentType: 'application/merge-patch+json' });
      expect(await patch(`${pods(one)}/status`, 'Running')).toMatchObject({
        code: 200,
        body: { status: { phase: 'Running' } },
      });
      expect(await patch(pods(one), 'Failed')).toMatchObject({ code: 200, body: { status: { phase: 'Running' } } });
    });

    it('a pod is bound once', async () => {
      const { session, pods, create, unscheduled, bindNowhere, get, name } = words(bench());
      const one = name('bound');
      await create(unscheduled(one));
      await bindNowhere(one);
      expect(await get(one)).toMatchObject({
        spec: { nodeName: 'nowhere' },
        status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
      });
      const body = { metadata: { name: one }, target: { kind: 'Node', name: 'elsewhere' } };
      expect(await session.send('POST', `${pods(one)}/binding`, { body })).toMatchObject({
        code: 409,
        body: { reason: 'Conflict' },
      });
    });

    it('only the metadata comes when it is asked for', async () => {
      const { session, pods, create, unscheduled, name } = words(bench());
      const one = name('metadata');
      const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
      const labels = { of: one };
      const created = await session.send('POST', pods(), { body: unscheduled(one, {}, { labels }), accept });
      expect(created).toMatchObject({ code: 201, body: { kind: 'PartialObjectMetadata', metadata: { name: one } } });
      expect(created.body).not.toHaveProperty('spec');
      await create(unscheduled(name('metadata'), {}, { labels }));
      const query = `?labelSelector=${encodeURIComponent(`of=${one}`)}`;
      const list = accept.replace('Metadata;', 'MetadataList;');
      expect((await session.send('GET', pods() + query, { accept: list })).body).toMatchObject({
        kind: 'PartialObjectMetadataList',
        metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
        items: [{ metadata: { name: one, labels } }, { metadata: { labels } }],
      });
    });

    it('a form that the server does not know is refused, and passed over where plain JSON will do', async () => {
      const { session, pods, create, unscheduled, name } = words(bench());
      const one = name('form');
      await create(unscheduled(one));
      const unknown = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=1';
      expect(await session.send('GET', pods(one), { accept: unknown })).toMatchObject({
        code: 406,
        body: { kind: 'Status', reason: 'NotAcceptable' },
      });
      expect(await session.send('GET', pods(one), { accept: `${unknown},application/json` })).toMatchObject({
        code: 200,
        body: { kind: 'Pod', spec: {} },
      });
    });

    it('texts of a secret are kept as data', async () => {
      const { session, root, make, name } = words(bench());
      const one = name('secret');
      await make('secrets', one, { stringData: { key: 'value' } });
      expect((await session.send('GET', `${root}/secrets/${one}`)).body).toMatchObject({
        type: 'Opaque',
        data: { key: Buffer.from('value').toString('base64') },
      });
    });
  });

  describe('who asks', () => {
    it('a wrong token is 401', async () => {
      const { session, pods } = words(bench());
      expect(await session.send('GET', pods(), { token: 'wrong' })).toMatchObject({
        code: 401,
        body: { kind: 'Status', reason: 'Unauthorized' },
      });
    });

    it('an account without a role is 403', async () => {
      const { session, root, pods } = words(bench());
      const granted = await session.send('POST', `${root}/serviceaccounts/default/token`, {
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
      });
      const { token } = (granted.body as unknown as { status: { token: string } }).status;
      expect(await session.send('GET', pods(), { token })).toMatchObject({ code: 403, body: { reason: 'Forbidden' } });
      expect((await session.send('GET', pods(), { token })).text).toContain(
        `User \\"system:serviceaccount:${bench().namespace}:default\\" cannot list resource \\"pods\\"`,
      );
    });

    it('the administrator is told what it may do', async () => {
      const { session, namespace } = words(bench());
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'create', resource: 'pods', namespace } },
      };
      expect(
        await session.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body }),
      ).toMatchObject({
        code: 201,
        body: { status: { allowed: true } },
      });
    });
  });
}
