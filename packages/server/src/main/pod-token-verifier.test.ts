import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, ScriptedKubeApi } from '../../../../test/support/scripted-kube-api.ts';
import { tokenAudience } from '../kube/pod/pod-identity-layer.ts';
import { readConfiguration } from './configuration.ts';
import { podTokenVerifier } from './pod-token-verifier.ts';

const DEPLOYMENT = 'the-deployment';
const AUDIENCE = tokenAudience(DEPLOYMENT);

let folder: string;
let api: ScriptedKubeApi;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-tokens-'));
  api = await ScriptedKubeApi.start();
  const kubeconfig = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${api.port}` } }],
    contexts: [{ name: 'c', context: { cluster: 'c' } }],
  };
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
});
afterEach(async () => {
  await api.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the verifier says to a token that the cluster knows as that of a pod in this namespace. */
async function verdict(options: object, namespace: string, audiences = [AUDIENCE]): Promise<string | null> {
  const configuration = readConfiguration({
    GANTRY_HOME: folder,
    GANTRY__KUBERNETES_EXECUTOR__CONFIG_FILE: 'kubeconfig',
    GANTRY__KUBERNETES_EXECUTOR__NAMESPACE: 'home',
    ...options,
  });
  const verify = await podTokenVerifier(configuration, DEPLOYMENT);
  const extra = { 'authentication.kubernetes.io/pod-name': ['p'], 'authentication.kubernetes.io/pod-uid': ['u'] };
  const user = { username: `system:serviceaccount:${namespace}:default`, extra };
  api.next('other', json(201, { status: { authenticated: true, audiences, user } }));
  return (await verify('a.b.c'))?.namespace ?? null;
}

describe('the token of a worker', () => {
  const several = { GANTRY__KUBERNETES_EXECUTOR__MULTI_NAMESPACE_MODE: 'True' };
  const listed = { ...several, GANTRY__KUBERNETES_EXECUTOR__MULTI_NAMESPACE_MODE_NAMESPACE_LIST: 'etl' };

  it.each([
    ['only from the configured namespace', {}, ['home']],
    ['from the configured and the listed namespaces', listed, ['home', 'etl']],
    ['from every namespace when there is no list', several, ['home', 'etl', 'other']],
  ])('is taken %s', async (_what, options, taken) => {
    for (const namespace of ['home', 'etl', 'other'])
      expect(await verdict(options, namespace)).toBe(taken.includes(namespace) ? namespace : null);
  });

  it('is refused when it is for another deployment, wherever it comes from', async () => {
    expect(await verdict(several, 'home', ['another'])).toBeNull();
  });
});
