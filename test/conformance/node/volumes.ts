import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The node's /tmp, by which the last pod of a test removes the folder that was made there. */
const NODE_TMP = {
  volumes: [{ name: 'node-tmp', hostPath: { path: '/tmp' } }],
  volumeMounts: [{ name: 'node-tmp', mountPath: '/node-tmp' }],
};

/** What containers find at the paths of their volumes. */
export function volumePromises(bench: () => ConformanceBench, mounts: boolean): void {
  const unless = mounts ? '' : ' (skipped: nothing is mounted here)';

  describe.concurrent('volumes', () => {
    it('an emptyDir is empty, writable, and seen under a subpath', async () => {
      const { output } = words(bench());
      const volumeMounts = [
        { name: 'w', mountPath: '/w' },
        { name: 'w', mountPath: '/part', subPath: 'some/part' },
      ];
      const script = 'ls -A /w; echo x > /part/file; cat /w/some/part/file';
      expect(await output('empty', script, { volumeMounts }, { volumes: [{ name: 'w', emptyDir: {} }] })).toBe(
        'some\nx',
      );
    });

    it.skipIf(!mounts)(`a mount may lie in another one, a file as well as a folder${unless}`, async () => {
      const { output, make, name } = words(bench());
      const config = name('config');
      await make('configmaps', config, { data: { key: 'value' } });
      const volumeMounts = [
        { name: 'c', mountPath: '/w/in/config' },
        { name: 'c', mountPath: '/w/file', subPath: 'key' },
        { name: 'w', mountPath: '/w' },
      ];
      const volumes = [
        { name: 'w', emptyDir: {} },
        { name: 'c', configMap: { name: config } },
      ];
      const script = 'cat /w/in/config/key /w/file; touch /w/mine; ls /w | tr "\\n" " "';
      expect(await output('nested', script, { volumeMounts }, { volumes })).toBe('valuevaluefile in mine ');
    });

    it.skipIf(!mounts)(
      `a mount that is read-only refuses writing, and so does a volume of objects${unless}`,
      async () => {
        const { output } = words(bench());
        const volumeMounts = [
          { name: 'w', mountPath: '/w', readOnly: true },
          { name: 'n', mountPath: '/n' },
        ];
        const volumes = [
          { name: 'w', emptyDir: {} },
          { name: 'n', secret: { secretName: 'not-there', optional: true } },
        ];
        const script = 'for f in /w/file /n/file; do touch $f 2>/dev/null && echo written || echo refused; done';
        expect(await output('read-only', script, { volumeMounts }, { volumes })).toBe('refused\nrefused');
      },
    );

    it('a hostPath is the same folder for every pod of a node', async () => {
      const { run, container, log, name } = words(bench());
      const folder = `${name('gantry-conformance')}-${bench().namespace.slice(-8)}`;
      const path = `/tmp/${folder}`;
      const volumes = [{ name: 'h', hostPath: { path, type: 'DirectoryOrCreate' } }];
      const here = { volumeMounts: [{ name: 'h', mountPath: '/h' }] };
      const first = await run('host', { volumes, containers: [container('echo from the first > /h/file', here)] });
      const second = await run('host', {
        volumes: [...volumes, ...NODE_TMP.volumes],
        nodeName: first.spec.nodeName,
        containers: [
          container(`cat /h/file; rm /h/file; rmdir /node-tmp/${folder}`, {
            volumeMounts: [...here.volumeMounts, ...NODE_TMP.volumeMounts],
          }),
        ],
      });
      expect(await log(second.metadata.name)).toBe('from the first\n');
    });

    it('a config map is a folder of its keys, chosen, named and moded as asked', async () => {
      const { output, make, name } = words(bench());
      const config = name('config');
      const binary = Buffer.from([0, 255, 10]).toString('base64');
      await make('configmaps', config, { data: { one: 'first', two: 'second\n' }, binaryData: { three: binary } });
      const volumeMounts = [
        { name: 'all', mountPath: '/all' },
        { name: 'some', mountPath: '/some' },
        { name: 'all', mountPath: '/etc/one.cfg', subPath: 'one' },
      ];
      const volumes = [
        { name: 'all', configMap: { name: config } },
        {
          name: 'some',
          configMap: {
            name: config,
            defaultMode: 0o640,
            items: [
              { key: 'one', path: 'deep/uno' },
              { key: 'two', path: 'dos', mode: 0o600 },
            ],
          },
        },
      ];
      const script = `ls /all; cat /all/one /all/two; wc -c < /all/three | tr -d ' '; ls /some/deep
        cat /some/deep/uno; echo; cat /etc/one.cfg; echo; stat -L -c %a /all/one /some/deep/uno /some/dos`;
      const shown = await output('config', script, { volumeMounts }, { volumes });
      expect(shown.split('\n')).toEqual([
        ...['one', 'three', 'two', 'firstsecond', '3', 'uno', 'first', 'first'],
        ...['644', '640', '600'],
      ]);
    });

    it('a secret is a folder of its keys; one that may be missing is an empty one', async () => {
      const { output, make, name } = words(bench());
      const secret = name('secret');
      await make('secrets', secret, { stringData: { password: 'p w' } });
      const volumeMounts = [
        { name: 's', mountPath: '/s', readOnly: true },
        { name: 'n', mountPath: '/n' },
      ];
      const volumes = [
        { name: 's', secret: { secretName: secret, defaultMode: 0o400 } },
        { name: 'n', secret: { secretName: 'not-there', optional: true } },
      ];
      const script = 'cat /s/password; echo; stat -L -c %a /s/password; ls /n | wc -l | tr -d " "';
      expect(await output('secret', script, { volumeMounts }, { volumes })).toBe('p w\n400\n0');
    });

    it('a projected volume holds a token of its audience, bound to the pod, beside other sources', async () => {
      const { create, pod, when, container, log, make, name, namespace, session } = words(bench());
      const config = name('config');
      await make('configmaps', config, { data: { key: 'value' } });
      const sources = [
        { serviceAccountToken: { path: 'token', audience: 'gantry', expirationSeconds: 600 } },
        { configMap: { name: config, items: [{ key: 'key', path: 'config/key' }] } },
        {
          downwardAPI: {
            items: [
              { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
              { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
            ],
          },
        },
      ];
      const script = 'cat /p/token; echo; cat /p/config/key /p/name; echo; cat /p/labels; sleep 3';
      const one = name('projected');
      const volumeMounts = [{ name: 'p', mountPath: '/p' }];
      const spec = {
        containers: [container(script, { volumeMounts })],
        volumes: [{ name: 'p', projected: { sources } }],
      };
      const { metadata } = await create(pod(one, spec, { labels: { b: '2', a: '1' } }));
      await when(one, 'has begun', ({ status }) => status.phase !== 'Pending');
      await bench().eventually('its log is there', async () => (await log(one)).includes('b="2"'));
      const [token = '', ...rest] = (await log(one)).trimEnd().split('\n');
      expect(rest).toEqual([`value${one}`, 'a="1"', 'b="2"']);
      const review = await session.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
        body: {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenReview',
          spec: { token, audiences: ['gantry'] },
        },
      });
      expect(review.body?.status).toMatchObject({
        authenticated: true,
        user: {
          username: `system:serviceaccount:${namespace}:default`,
          extra: {
            'authentication.kubernetes.io/pod-name': [one],
            'authentication.kubernetes.io/pod-uid': [metadata.uid],
          },
        },
      });
    });

    it('the account is mounted, and speaks to the API from inside; it is not mounted when that is not wished', async () => {
      const { output, namespace } = words(bench());
      const ask = `const fs = require('fs'); const at = (f) => fs.readFileSync('${ACCOUNT}/' + f, 'utf8');
        require('https').get({
          host: process.env.KUBERNETES_SERVICE_HOST, port: process.env.KUBERNETES_SERVICE_PORT, ca: at('ca.crt'),
          path: '/api/v1/namespaces/' + at('namespace') + '/pods', headers: { authorization: 'Bearer ' + at('token') },
        }, (answer) => { console.log(at('namespace'), answer.statusCode); answer.resume(); });`;
      expect(await output('account', '', { command: ['node', '-e', ask] })).toBe(`${namespace} 403`);
      const script = `[ -e ${ACCOUNT}/token ] && echo mounted || echo nothing`;
      expect(await output('no-account', script, {}, { automountServiceAccountToken: false })).toBe('nothing');
    });

    it('a claim keeps what pods leave in it', async () => {
      const { output, make, name } = words(bench());
      const claim = name('claim');
      const folder = await bench().persistentVolume(claim);
      await make('persistentvolumeclaims', claim, {
        spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Mi' } } },
      });
      const volumes = [{ name: 'c', persistentVolumeClaim: { claimName: claim } }];
      const volumeMounts = [{ name: 'c', mountPath: '/c' }];
      await output('writes', 'echo kept > /c/file', { volumeMounts }, { volumes });
      const leave = folder === null ? '' : `; rmdir /node-tmp/${folder}`;
      const read = { volumeMounts: [...volumeMounts, ...NODE_TMP.volumeMounts] };
      const shown = await output('reads', `cat /c/file; rm /c/file${leave}`, read, {
        volumes: [...volumes, ...NODE_TMP.volumes],
      });
      expect(shown).toBe('kept');
    });
  });
}
