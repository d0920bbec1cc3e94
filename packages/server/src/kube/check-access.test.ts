import { GantryError } from '@gantry/sdk/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, noJitter, realClock, refuse, ScriptedKubeApi } from '../../../../test/support/scripted-kube-api.ts';
import { checkAccess } from './check-access.ts';
import { KubeClient } from './kube-client.ts';

let api: ScriptedKubeApi;

beforeEach(async () => {
  api = await ScriptedKubeApi.start();
});

afterEach(async () => {
  await api.stop();
});

const place = (): string => `http://127.0.0.1:${api.port}`;
const namespaceFound = json(200, { metadata: { uid: 'n', resourceVersion: '1' } });
const allowed = json(201, { status: { allowed: true } });
const denied = json(201, { status: { allowed: false } });

async function refusal(namespaces: readonly string[] | null = ['gantry'], client = api.client()): Promise<GantryError> {
  const error = await checkAccess(client, namespaces).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GantryError);
  return error as GantryError;
}

describe('checkAccess', () => {
  it('is quiet when everything is granted, and creates nothing', async () => {
    api.next('other', namespaceFound, allowed, allowed, allowed, allowed, allowed);
    await checkAccess(api.client(), ['gantry']);
    expect(api.calls.some((call) => call.kind === 'create')).toBe(false);
  });

  it('is content with a server that answers no questions about rights, and with the whole cluster', async () => {
    await checkAccess(api.client(), null);
    expect(api.calls[0]?.path).toBe('/api/v1/pods');
  });

  it('names what is refused, where, and what to grant', async () => {
    api.next('other', namespaceFound, denied, allowed, allowed, allowed, denied);
    const error = await refusal();
    expect([error.code, error.message]).toEqual([
      'kubernetes_forbidden',
      `The Kubernetes API at ${place()} does not let the scripted API create, delete pods in namespace "gantry"; grant its account create, get, list, watch, delete on pods there.`,
    ]);
  });

  it('says when it may not even look', async () => {
    api.next('list', ...Array.from({ length: 4 }, () => refuse(403, 'Forbidden')));
    const error = await refusal();
    expect(error.code).toBe('kubernetes_forbidden');
    expect(error.message).toContain('does not let the scripted API list pods in namespace "gantry"');
  });

  it('says when the credential is refused', async () => {
    api.next('list', refuse(401, 'Unauthorized'), refuse(401, 'Unauthorized'));
    const error = await refusal();
    expect([error.code, error.message]).toEqual([
      'kubernetes_forbidden',
      `The Kubernetes API at ${place()} does not know the credential of the scripted API (401); renew it or choose another context.`,
    ]);
  });

  it('says when there is no such namespace', async () => {
    api.next('other', refuse(404, 'NotFound'));
    const error = await refusal();
    expect(error.message).toBe(
      `There is no namespace "gantry" at ${place()}; create it, or set [kubernetes_executor] namespace to one that exists.`,
    );
  });

  it('names the one namespace of several that lacks a right, or is not there', async () => {
    const granted = [namespaceFound, allowed, allowed, allowed, allowed, allowed];
    api.next('other', ...granted, namespaceFound, allowed, allowed, allowed, denied, allowed);
    const lacking = await refusal(['gantry', 'etl']);
    expect(lacking.message).toBe(
      `The Kubernetes API at ${place()} does not let the scripted API watch pods in namespace "etl"; grant its account create, get, list, watch, delete on pods there.`,
    );
    api.forget();
    api.next('other', ...granted, refuse(404, 'NotFound'));
    expect((await refusal(['gantry', 'etl'])).message).toBe(
      `There is no namespace "etl" at ${place()}; create it, or take it out of [kubernetes_executor] multi_namespace_mode_namespace_list.`,
    );
  });

  it('offers a list of namespaces to an account that may not look at the whole cluster', async () => {
    api.next('list', ...Array.from({ length: 4 }, () => refuse(403, 'Forbidden')));
    expect((await refusal(null)).message).toBe(
      `The Kubernetes API at ${place()} does not let the scripted API list pods in the whole cluster; grant its account create, get, list, watch, delete on pods there by a ClusterRole, or name the namespaces in [kubernetes_executor] multi_namespace_mode_namespace_list, for which a Role in each is enough.`,
    );
  });

  it('says when nothing listens, and whose address that was', async () => {
    const stopped = await ScriptedKubeApi.start();
    const client = new KubeClient(stopped.connection(), { clock: realClock, random: noJitter });
    await stopped.stop();
    const error = await refusal(['gantry'], client);
    expect([error.code, error.message]).toEqual([
      'kubernetes_unreachable',
      `The Kubernetes API at ${client.connection.server.origin} cannot be reached: nothing listens there; the address comes from the scripted API.`,
    ]);
    client.close();
  });

  it('says when the server is broken', async () => {
    api.next('list', refuse(500, 'InternalError'));
    const error = await refusal();
    expect(error.code).toBe('kubernetes_unreachable');
    expect(error.message).toMatch(
      /^The Kubernetes API refused to list pods .*; the address http:\/\/127\.0\.0\.1:\d+ comes from the scripted API\.$/,
    );
  });
});
