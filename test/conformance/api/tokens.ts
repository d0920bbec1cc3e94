import { describe, expect, it } from 'vitest';
import { type ConformanceBench, words } from '../conformance-bench.ts';

interface TokenStatus {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/** Tokens of service accounts, bound to audiences and pods: the worker's proof of who it is. */
export function tokenPromises(bench: () => ConformanceBench): void {
  const request = (spec: object, account = 'default') =>
    bench().session.send('POST', `${bench().root}/serviceaccounts/${account}/token`, {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec },
    });
  const review = async (token: string, audiences: readonly string[]) =>
    (
      await bench().session.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, audiences } },
      })
    ).body?.status;
  const tokenOf = (answer: { readonly body: unknown }) => (answer.body as TokenStatus).status.token;

  describe('tokens', () => {
    it('a token bound to an audience and a pod says who carries it, and for no other audience', async () => {
      const { create, unscheduled, name, namespace } = words(bench());
      const { metadata } = await create(unscheduled(name('bearer')));
      const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: metadata.name, uid: metadata.uid };
      const answer = await request({ audiences: ['gantry', 'other'], expirationSeconds: 600, boundObjectRef });
      expect(answer.code).toBe(201);
      expect(await review(tokenOf(answer), ['gantry', 'third'])).toMatchObject({
        authenticated: true,
        audiences: ['gantry'],
        user: {
          username: `system:serviceaccount:${namespace}:default`,
          uid: expect.any(String),
          groups: expect.arrayContaining(['system:serviceaccounts', `system:serviceaccounts:${namespace}`]),
          extra: {
            'authentication.kubernetes.io/pod-name': [metadata.name],
            'authentication.kubernetes.io/pod-uid': [metadata.uid],
          },
        },
      });
      const refused = await review(tokenOf(answer), ['third']);
      expect(refused).toMatchObject({ error: expect.stringContaining('audience') });
      expect(refused).not.toHaveProperty('authenticated');
    });

    it('its claims name account, pod, audience and end', async () => {
      const { create, unscheduled, name, namespace } = words(bench());
      const { metadata } = await create(unscheduled(name('claims')));
      const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: metadata.name };
      const answer = await request({ audiences: ['gantry'], expirationSeconds: 3600, boundObjectRef });
      const { token, expirationTimestamp } = (answer.body as unknown as TokenStatus).status;
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
      expect(claims).toMatchObject({
        aud: ['gantry'],
        sub: `system:serviceaccount:${namespace}:default`,
        iss: expect.any(String),
        'kubernetes.io': {
          namespace,
          serviceaccount: { name: 'default', uid: expect.any(String) },
          pod: { name: metadata.name, uid: metadata.uid },
        },
      });
      expect(claims.exp - claims.iat).toBe(3600);
      expect(Date.parse(expirationTimestamp)).toBe(claims.exp * 1000);
    });

    it('a token dies with its pod', async () => {
      const { session, pods, create, unscheduled, name } = words(bench());
      const { metadata } = await create(unscheduled(name('mortal')));
      const token = tokenOf(
        await request({
          audiences: ['gantry'],
          boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: metadata.name },
        }),
      );
      expect(await review(token, ['gantry'])).toMatchObject({ authenticated: true });
      await session.send('DELETE', pods(metadata.name));
      // The real server remembers a verdict for some seconds.
      await bench().eventually('the token is refused', async () => {
        const verdict = await review(token, ['gantry']);
        return (verdict as { authenticated?: boolean }).authenticated !== true;
      });
    });

    it('what is no token is answered, not authenticated', async () => {
      const verdict = await review('nonsense', ['gantry']);
      expect(verdict).toMatchObject({ error: expect.any(String), user: {} });
      expect(verdict).not.toHaveProperty('authenticated');
      const forged = tokenOf(await request({ audiences: ['gantry'] })).replace(/\.[^.]*$/, `.${'A'.repeat(86)}`);
      expect(await review(forged, ['gantry'])).not.toHaveProperty('authenticated');
    });

    it('a life that is too short, another pod, and no such account are refused', async () => {
      const { create, unscheduled, name } = words(bench());
      const { metadata } = await create(unscheduled(name('other')));
      expect(await request({ expirationSeconds: 60 })).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
      const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: metadata.name, uid: 'another' };
      expect(await request({ boundObjectRef })).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
      expect(await request({}, 'none')).toMatchObject({ code: 404, body: { reason: 'NotFound' } });
      expect(await request({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'none' } })).toMatchObject({
        code: 404,
      });
    });
  });
}
