import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../../../../test/support/eventually.ts';
import { bundleOf } from '../testing-execution-api.ts';
import { WorkerRuns } from './testing-worker-runs.ts';

const runs = new WorkerRuns().install();
const SLEEP = 'const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));';
const FOREVER = `${SLEEP} for (;;) await sleep(50);`;
const BUSY = 'for (;;);';
/** Ends by itself when the signal aborts, and says why. */
const HEEDS = `${SLEEP} while (!context.signal.aborted) await sleep(20); console.log('stopped: ' + context.signal.reason.message);`;

describe('the lease', () => {
  test('is renewed while the DAG’s file waits at its top level', async () => {
    const gate = runs.path('gate');
    const before = `import { existsSync } from 'node:fs';
      while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 20));`;
    const running = runs.start({ leaseSeconds: 15, heartbeatSeconds: 0.5, bundle: bundleOf('', { before }) });
    await eventually('a renewal before the task has begun', () => running.known.heartbeats > 0);
    writeFileSync(gate, '');
    expect((await runs.end(running)).outcome().kind).toBe('success');
  });

  test('is renewed while the task blocks its thread [D13]', async () => {
    const body = 'const end = Date.now() + 3500; while (Date.now() < end); return 1;';
    const end = await runs.run({ heartbeatSeconds: 0.2, leaseSeconds: 2.5, bundle: bundleOf(body) });
    expect(end.outcome()).toMatchObject({ kind: 'success', result: 1 });
    expect(end.known.heartbeats).toBeGreaterThan(3);
  });

  test('outlives an outage that is shorter, and the task never notices [I35]', async () => {
    const running = runs.start({
      heartbeatSeconds: 0.2,
      leaseSeconds: 10,
      bundle: bundleOf(`${SLEEP} await sleep(1500); return 1;`),
    });
    await eventually('a renewal', () => running.known.heartbeats > 0);
    await runs.api.close();
    const before = running.known.heartbeats;
    await new Promise((resolve) => setTimeout(resolve, 600));
    await runs.api.open();
    await eventually('a renewal after the outage', () => running.known.heartbeats > before);
    expect((await runs.end(running)).outcome()).toMatchObject({ kind: 'success', result: 1 });
  });

  test('that cannot be renewed ends the task and all it started, and nothing is reported [I07 F46]', async () => {
    const pids = runs.path('pids');
    const body = `const { spawn } = await import('node:child_process');
      const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
      (await import('node:fs')).writeFileSync(${JSON.stringify(pids)}, String(child.pid)); ${FOREVER}`;
    const running = runs.start({ heartbeatSeconds: 0.2, leaseSeconds: 1.5, bundle: bundleOf(body) });
    await eventually('the child', () => existsSync(pids) && readFileSync(pids, 'utf8') !== '');
    await runs.api.close();
    const end = await runs.end(running);
    expect(end).toMatchObject({ code: 75, signal: null });
    expect(isAlive(Number(readFileSync(pids, 'utf8')))).toBe(false);
    expect(end.known.reports).toHaveLength(0);
  });

  test('that cannot be renewed ends a task that blocks its thread as well [I07]', async () => {
    const running = runs.start({ heartbeatSeconds: 0.2, leaseSeconds: 1.5, bundle: bundleOf(BUSY) });
    await eventually('a renewal', () => running.known.heartbeats > 0);
    await runs.api.close();
    expect(await running.worker.exit).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('that another worker has taken ends the task, and nothing is reported [I05]', async () => {
    const running = runs.start({ heartbeatSeconds: 0.1, killGraceSeconds: 5, bundle: bundleOf(HEEDS) });
    await eventually('a renewal', () => running.known.heartbeats > 0);
    running.known.takenAway = true;
    const end = await runs.end(running);
    expect(end).toMatchObject({ code: 75, signal: null, stdout: expect.stringContaining('no longer this worker') });
    expect(end.known.reports).toHaveLength(0);
  });
});

describe('a stop', () => {
  test('from the API aborts the signal, and the end is reported as killed with its reason', async () => {
    const running = runs.start({ heartbeatSeconds: 0.1, killGraceSeconds: 5, bundle: bundleOf(HEEDS) });
    await eventually('a renewal', () => running.known.heartbeats > 0);
    running.known.stop = 'The run was stopped by ada.';
    const end = await runs.end(running);
    expect(end.outcome()).toMatchObject({ failure: { class: 'killed', sentence: 'The run was stopped by ada.' } });
    expect(end).toMatchObject({ code: 1, stdout: 'stopped: The run was stopped by ada.\n' });
  });

  test('that the task does not heed is reported after its grace, and the process is gone', async () => {
    const running = runs.start({ heartbeatSeconds: 0.1, killGraceSeconds: 0.3, bundle: bundleOf(BUSY) });
    await eventually('a renewal', () => running.known.heartbeats > 0);
    running.known.stop = 'The run was stopped by ada.';
    const end = await runs.end(running);
    expect(end.outcome()).toMatchObject({ failure: { class: 'killed' } });
    expect(end.signal).toBe('SIGKILL');
  });

  test('by SIGTERM aborts the signal and is reported as a disruption, even when the task then returns [F37]', async () => {
    const running = runs.start({ killGraceSeconds: 5, bundle: bundleOf(`console.log('up'); ${HEEDS} return 1;`) });
    await eventually('the start', () => running.worker.stdout().includes('up'));
    running.worker.child.kill('SIGTERM');
    const end = await runs.end(running);
    expect(end.outcome()).toMatchObject({
      failure: { class: 'disrupted', sentence: expect.stringContaining('SIGTERM') },
    });
    expect(end.stdout).toContain('stopped: ');
  });

  test('by SIGTERM of which the API knows is reported as killed', async () => {
    const running = runs.start({ killGraceSeconds: 5, bundle: bundleOf(`console.log('up'); ${HEEDS}`) });
    await eventually('the start', () => running.worker.stdout().includes('up'));
    running.known.stop = 'Stopped by ada.';
    running.worker.child.kill('SIGTERM');
    expect((await runs.end(running)).outcome()).toMatchObject({
      failure: { class: 'killed', sentence: 'Stopped by ada.' },
    });
  });

  test('is not taken for something that can never happen by a task that waits for nothing else', async () => {
    const body = `console.log('up'); await new Promise((resolve) => context.signal.addEventListener('abort', resolve));`;
    const running = runs.start({ heartbeatSeconds: 0.2, bundle: bundleOf(body) });
    await eventually('heartbeats while it waits', () => running.known.heartbeats > 3);
    running.known.stop = 'Ann stopped the run.';
    const end = await runs.end(running);
    expect(end.outcome()).toMatchObject({ failure: { class: 'killed', sentence: 'Ann stopped the run.' } });
  });

  test('by SIGTERM that the task does not heed ends it after the grace', async () => {
    const running = runs.start({ killGraceSeconds: 0.3, bundle: bundleOf(`console.log('up'); ${FOREVER}`) });
    await eventually('the start', () => running.worker.stdout().includes('up'));
    running.worker.child.kill('SIGTERM');
    const end = await runs.end(running);
    expect(end.outcome()).toMatchObject({ failure: { class: 'disrupted' } });
    expect(end.code).toBe(1);
  });
});

describe('the execution timeout', () => {
  test('aborts the signal and is reported as such', async () => {
    const end = await runs.run({ executionTimeoutSeconds: 0.3, killGraceSeconds: 5, bundle: bundleOf(HEEDS) });
    const sentence = 'The task ran longer than its execution timeout of 0.3 s.';
    expect(end.outcome()).toMatchObject({ failure: { class: 'timeout', sentence, retryable: true } });
    expect(end.texts()).toEqual([sentence, `stopped: ${sentence}`]);
  });

  test('ends a task that blocks its thread', async () => {
    const end = await runs.run({ executionTimeoutSeconds: 0.3, killGraceSeconds: 0.2, bundle: bundleOf(BUSY) });
    expect(end.outcome()).toMatchObject({ failure: { class: 'timeout' } });
    expect(end.signal).toBe('SIGKILL');
  });
});

describe('the claim', () => {
  test('is asked for again while the API is away, always with the same nonce [I05]', async () => {
    runs.api.fail('claim', 503, 'cut', 429, 'lose_answer');
    const end = await runs.run();
    expect(end.outcome().kind).toBe('success');
    expect(new Set(end.known.claims.map(({ nonce }) => nonce)).size).toBe(1);
    expect(end.known.claims[0]?.nonce).toMatch(/^[0-9a-f]{32}$/);
  });

  test('that another worker has ends this one quietly, and no user code runs [I06 I08]', async () => {
    const running = runs.start({ bundle: bundleOf('console.log("ran");') });
    running.known.nonce = 'of another';
    expect(await runs.end(running)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('that has not come yet is not waited for after SIGTERM', async () => {
    runs.api.fail('claim', ...Array.from({ length: 50 }, () => 503));
    const running = runs.start();
    await eventually('a try', () => runs.api.faultsLeft('claim') < 50);
    running.worker.child.kill('SIGTERM');
    expect(await runs.end(running)).toMatchObject({ code: 75, stderr: expect.stringContaining('SIGTERM') });
  });

  test('that nobody answers is given up after its time with exit code 75 and a sentence', async () => {
    await runs.api.close();
    const end = await runs.run({}, { environment: { GANTRY_CLAIM_WAIT_SECONDS: '0.5' } });
    expect(end).toMatchObject({ code: 75, stderr: expect.stringMatching(/could not be claimed.*does not answer/) });
    expect(end.stderr.split('\n')).toHaveLength(2);
  });

  test('with a wrong credential is given up with a sentence that does not show it', async () => {
    const end = await runs.run({}, { secret: 'a wrong secret' });
    expect(end).toMatchObject({ code: 75, stderr: expect.stringContaining('401') });
    expect(end.stderr).not.toContain('a wrong secret');
  });

  test('reads the token file again at each try', async () => {
    writeFileSync(runs.path('token'), 'old');
    runs.api.fail('claim', 503, 503);
    const running = runs.start({}, { environment: { GANTRY_TOKEN_FILE: runs.path('token') }, secret: null });
    await eventually('the first try', () => runs.api.faultsLeft('claim') < 2);
    writeFileSync(runs.path('token'), 'secret\n');
    expect((await runs.end(running)).outcome().kind).toBe('success');
  });
});

describe('the report', () => {
  test.each([
    ['at once', ''],
    ['after a while', `${SLEEP} await sleep(400);`],
  ])('of a task that ends %s is sent until it is stored', async (_when, body) => {
    runs.api.fail('report', 503, 'cut', 'lose_answer');
    const end = await runs.run({ bundle: bundleOf(`console.log('line'); ${body} return 1;`) });
    expect(end).toMatchObject({ code: 0 });
    expect(end.outcome()).toMatchObject({ result: 1 });
    expect(new Set(end.known.reports.map((report) => JSON.stringify(report.outcome))).size).toBe(1);
    expect(end.texts()).toEqual(['line']);
  });

  test('waits for an API that comes back before the lease ends [F67]', async () => {
    const running = runs.start({
      leaseSeconds: 10,
      bundle: bundleOf(`${SLEEP} console.log('up'); await sleep(300); return 1;`),
    });
    await eventually('the start', () => running.worker.stdout().includes('up'));
    await runs.api.close();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await runs.api.open();
    expect((await runs.end(running)).outcome()).toMatchObject({ kind: 'success', result: 1 });
  });

  test('that the API refuses becomes a failure with the reason', async () => {
    runs.api.fail('report', 422, 422);
    const end = await runs.run({ bundle: bundleOf('return 1;') });
    expect(end.code).toBe(1);
    expect(end.outcome()).toMatchObject({
      failure: { class: 'configuration', sentence: expect.stringContaining('422') },
    });
    expect(end.texts()).toEqual([expect.stringContaining('The API server refused the report of the task.')]);
  });

  test('of an attempt that was taken away is dropped, and the exit code says so', async () => {
    runs.api.fail('report', 409);
    expect(await runs.run()).toMatchObject({ code: 75 });
  });
});

describe('a spare worker', () => {
  test('waits for one line and then runs that attempt', async () => {
    const known = runs.api.know('told-later', { bundle: bundleOf('return 1;') });
    const line = JSON.stringify({ attemptId: 'told-later', bundleDigest: known.digest, secret: 'secret' });
    const worker = runs.startBare({ GANTRY_API_URL: runs.api.url }, line);
    expect((await runs.end({ known, worker })).outcome()).toMatchObject({ result: 1 });
  });

  test('that is never told anything leaves quietly', async () => {
    const worker = runs.startBare({ GANTRY_API_URL: runs.api.url }, null);
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    expect(worker.stderr()).toBe('');
  });
});

test('a setting that cannot be used is one sentence', async () => {
  const worker = runs.startBare({ GANTRY_API_URL: 'nowhere', GANTRY_ATTEMPT_ID: 'a' }, 'secret');
  expect(await worker.exit).toEqual({ code: 75, signal: null });
  expect(worker.stderr()).toBe(
    'gantry worker: GANTRY_API_URL is "nowhere"; expected a URL such as http://gantry-api:8080.\n',
  );
});

/** Zombies count as dead. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
