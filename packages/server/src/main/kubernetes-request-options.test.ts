import { GantryError } from '@gantry/sdk/model';
import { describe, expect, test } from 'vitest';
import { deleteOptions, requestTimeout, workerImage } from './kubernetes-request-options.ts';

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(GantryError);
    expect((error as GantryError).code).toBe('configuration_invalid');
    return (error as GantryError).message;
  }
  throw new Error('it was not refused');
}

describe('kube_client_request_args', () => {
  test.each([
    [null, [undefined, undefined]],
    [{}, [undefined, undefined]],
    [{ _request_timeout: 7 }, [7, 7]],
    [{ _request_timeout: [2.5, 60] }, [2.5, 60]],
  ])('%j gives the time limits %j of connecting and reading', (args, expected) => {
    expect(requestTimeout(args)).toEqual(expected);
  });

  test.each([['fast'], [0], [-1], [3601], [[5]], [[5, '30']], [[1, 2, 3]], [null]])(
    'a _request_timeout of %j stops the start with one line',
    (given) => {
      expect(refusal(() => requestTimeout({ _request_timeout: given }))).toBe(
        `[kubernetes_executor] kube_client_request_args: _request_timeout is ${JSON.stringify(given)}, expected seconds or [connect seconds, read seconds], each above 0 and at most 3600.`,
      );
    },
  );

  test('an argument that Gantry has not is named, instead of being ignored', () => {
    expect(refusal(() => requestTimeout({ _preload_content: false }))).toBe(
      '[kubernetes_executor] kube_client_request_args: found "_preload_content", expected _request_timeout.',
    );
  });
});

describe('delete_option_kwargs', () => {
  test.each([
    [null, {}],
    [{ grace_period_seconds: 10 }, { gracePeriodSeconds: 10 }],
    [{ gracePeriodSeconds: 10 }, { gracePeriodSeconds: 10 }],
    [
      { grace_period_seconds: 3, propagation_policy: 'Foreground' },
      { gracePeriodSeconds: 3, propagationPolicy: 'Foreground' },
    ],
  ])('%j, in the spelling of Airflow or of Kubernetes, gives %j', (given, expected) => {
    expect(deleteOptions(given)).toEqual(expected);
  });

  test.each([
    [{ grace_period_seconds: '10' }, 'grace_period_seconds is "10", expected a whole number of at least 1'],
    [{ grace_period_seconds: 1.5 }, 'grace_period_seconds is 1.5, expected a whole number of at least 1'],
    [
      { grace_period_seconds: 0 },
      'grace_period_seconds is 0, expected a whole number of at least 1; with 0 the pod is forgotten while its container may still run',
    ],
    [
      { propagation_policy: 'foreground' },
      'propagation_policy is "foreground", expected one of Background, Foreground, Orphan',
    ],
    [
      { dry_run: ['All'] },
      'found "dry_run", expected grace_period_seconds, gracePeriodSeconds, propagation_policy, propagationPolicy',
    ],
  ])('%j stops the start with one line', (given, what) => {
    expect(refusal(() => deleteOptions(given))).toBe(`[kubernetes_executor] delete_option_kwargs: ${what}.`);
  });
});

describe('the worker image', () => {
  test('is used when repository and tag are set, and left to the template when neither is', () => {
    expect(workerImage('site/worker', '7')).toEqual({ repository: 'site/worker', tag: '7' });
    expect(workerImage('', '')).toEqual({ repository: null, tag: null });
  });

  test('with only one of them set stops the start with one line', () => {
    expect(refusal(() => workerImage('site/worker', ''))).toBe(
      '[kubernetes_executor] worker_container_repository: worker_container_tag is not set; set both, or neither to keep the image of the pod template.',
    );
    expect(refusal(() => workerImage('', '7'))).toMatch(
      /^\[kubernetes_executor\] worker_container_tag: worker_container_repository is not set;/,
    );
  });
});
