import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';

/** What a container finds: its command, its variables, its user. */
export function surroundingPromises(bench: () => ConformanceBench, users: boolean): void {
  describe.concurrent('surroundings', () => {
    it('args follow the command, and $(NAME) is replaced where it is known', async () => {
      const { output } = words(bench());
      const shown = await output('args', '', {
        command: ['sh', '-c', 'printf "%s|" "$0" "$@"'],
        args: ['zero', '$(KNOWN) $(UNKNOWN)', '$$(KNOWN)', 'a  b'],
        env: [
          { name: 'KNOWN', value: 'yes' },
          { name: 'COMPOSED', value: '$(KNOWN)-$(LATER)' },
          { name: 'LATER', value: 'late' },
        ],
      });
      expect(shown).toBe('zero|yes $(UNKNOWN)|$(KNOWN)|a  b|');
    });

    it('variables are composed of those before them only', async () => {
      const { output } = words(bench());
      const env = [
        { name: 'A', value: 'a' },
        { name: 'B', value: '$(A)b $(C) $$(A)' },
        { name: 'C', value: '$(B)c' },
      ];
      expect(await output('order', 'echo "$B"; echo "$C"', { env })).toBe('ab $(C) $(A)\nab $(C) $(A)c');
    });

    it('variables come from fields of the pod', async () => {
      const { run, container, log, namespace } = words(bench());
      const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
      const env = [
        field('NAME', 'metadata.name'),
        field('NAMESPACE', 'metadata.namespace'),
        field('UID_OF_POD', 'metadata.uid'),
        field('LABEL', "metadata.labels['team']"),
        field('ANNOTATION', "metadata.annotations['gantry.dev/x']"),
        field('NODE', 'spec.nodeName'),
        field('ACCOUNT', 'spec.serviceAccountName'),
      ];
      const script = 'echo "$NAME $NAMESPACE $UID_OF_POD $LABEL $ANNOTATION $NODE $ACCOUNT $HOSTNAME"';
      const metadata = { labels: { team: 'red' }, annotations: { 'gantry.dev/x': 'y z' } };
      const pod = await run('fields', { containers: [container(script, { env })] }, metadata);
      const { name, uid } = pod.metadata;
      expect(await log(name)).toBe(`${name} ${namespace} ${uid} red y z ${pod.spec.nodeName} default ${name}\n`);
    });

    it('variables come from limits and requests in the asked-for unit', async () => {
      const { output } = words(bench());
      const resource = (name: string, of: string, divisor: string) => ({
        name,
        valueFrom: { resourceFieldRef: { resource: of, divisor } },
      });
      const env = [
        resource('MEMORY', 'limits.memory', '1Mi'),
        resource('CPU', 'requests.cpu', '1m'),
        resource('CORES', 'limits.cpu', '1'),
      ];
      const resources = { limits: { memory: '128Mi', cpu: '1500m' }, requests: { cpu: '10m' } };
      expect(await output('resources', 'echo $MEMORY $CPU $CORES', { env, resources })).toBe('128 10 2');
    });

    it('variables come from secrets and config maps, one by one or all, and env wins', async () => {
      const { output, make, name } = words(bench());
      const [secret, config] = [name('secret'), name('config')];
      await make('secrets', secret, { stringData: { TOKEN: 's3cret', SHARED: 'of the secret' } });
      await make('configmaps', config, { data: { MODE: 'fast', SHARED: 'of the config map', 'with-dash': 'd' } });
      const key = (name: string, source: object) => ({ name, valueFrom: source });
      const env = [
        key('ONE', { secretKeyRef: { name: secret, key: 'TOKEN' } }),
        key('TWO', { configMapKeyRef: { name: config, key: 'MODE' } }),
        key('NONE', { secretKeyRef: { name: 'not-there', key: 'x', optional: true } }),
        { name: 'MODE', value: 'by env' },
      ];
      const envFrom = [
        { configMapRef: { name: config } },
        { secretRef: { name: secret } },
        { prefix: 'P_', configMapRef: { name: config } },
        { secretRef: { name: 'not-there', optional: true } },
      ];
      const script = 'echo "$ONE|$TWO|$NONE|$MODE|$SHARED|$P_MODE|$TOKEN"; env | grep -c ^NONE=';
      expect(await output('sources', script, { env, envFrom })).toBe(
        's3cret|fast||by env|of the secret|fast|s3cret\n0',
      );
    });

    it('variables reach the program as they are, whatever their names', async () => {
      const { output, make, name } = words(bench());
      const config = name('config');
      await make('configmaps', config, { data: { 'with-dash.and.dot': 'kept' } });
      const show = "const e = process.env; console.log(e['with-dash.and.dot'], JSON.stringify(e.LINES))";
      const env = [{ name: 'LINES', value: 'a\nb $HOME "q"' }];
      const container = { command: ['node', '-e', show], env, envFrom: [{ configMapRef: { name: config } }] };
      expect(await output('variables', '', container)).toBe('kept "a\\nb $HOME \\"q\\""');
    });

    it('PATH is what the pod says, and the variables of the image are not known to those of the pod', async () => {
      const { output } = words(bench());
      const env = [
        { name: 'MINE', value: '$(PATH) $(HOME) $(KUBERNETES_SERVICE_PORT)' },
        { name: 'PATH', value: '/of/the/pod:/usr/bin:/bin' },
      ];
      expect(await output('path', 'echo "$PATH $MINE"', { env })).toMatch(
        /^\/of\/the\/pod:\/usr\/bin:\/bin \$\(PATH\) \$\(HOME\) \d+$/,
      );
    });

    it('a working folder is where the command starts', async () => {
      const { output } = words(bench());
      expect(await output('folder', 'pwd', { workingDir: '/tmp' })).toBe('/tmp');
    });

    it.skipIf(!users)(
      `a pod's user and groups are those of its processes, and its volumes belong to its fsGroup${users ? '' : ' (skipped: without root every container runs as this user)'}`,
      async () => {
        const { output, make, name } = words(bench());
        const secret = name('secret');
        await make('secrets', secret, { stringData: { key: 'for the group' } });
        const shown = await output(
          'user',
          'id -u; id -g; id -G; touch /w/file; stat -c %u:%g /w/file; cat /s/key; echo; : > /dev/termination-log && echo told',
          {
            volumeMounts: [
              { name: 'w', mountPath: '/w' },
              { name: 's', mountPath: '/s' },
            ],
          },
          {
            securityContext: { runAsUser: 1000, runAsGroup: 1001, fsGroup: 2000, runAsNonRoot: true },
            volumes: [
              { name: 'w', emptyDir: {} },
              { name: 's', secret: { secretName: secret, defaultMode: 0o400 } },
            ],
          },
        );
        expect(shown.split('\n')).toEqual(['1000', '1001', '1001 2000', '1000:2000', 'for the group', 'told']);
      },
    );

    it.skipIf(!users)(
      `a container's user comes before its pod's${users ? '' : ' (skipped: without root every container runs as this user)'}`,
      async () => {
        const { output } = words(bench());
        const spec = { securityContext: { runAsUser: 1000 } };
        expect(await output('own-user', 'id -u', { securityContext: { runAsUser: 1234 } }, spec)).toBe('1234');
      },
    );
  });
}
