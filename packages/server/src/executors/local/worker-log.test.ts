import { describe, expect, test } from 'vitest';
import { eventually } from '../../../../../test/support/eventually.ts';
import { bundleOf, linesOf } from '../testing-execution-api.ts';
import { WorkerRuns } from './testing-worker-runs.ts';

const runs = new WorkerRuns().install();
const SLEEP = 'const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));';

describe('the log of a task', () => {
  test('has what it prints, line by line with stream and level, and the real streams have it too', async () => {
    const body = `console.log('one\\ntwo'); console.error('bad %d', 3); process.stdout.write('thr'); process.stdout.write('ee\\n');`;
    const end = await runs.run({ bundle: bundleOf(body) });
    expect(linesOf(end.known).map(({ level, stream, text }) => [level, stream, text])).toEqual([
      ['info', 'stdout', 'one'],
      ['info', 'stdout', 'two'],
      ['error', 'stderr', 'bad 3'],
      ['info', 'stdout', 'three'],
    ]);
    expect(end).toMatchObject({ stdout: 'one\ntwo\nthree\n', stderr: 'bad 3\n' });
  });

  test('has what the logger is told, formatted, with its level', async () => {
    const body = `const { log } = context; log.debug('d'); log.info('%d of %s', 1, 'x'); log.warning({ a: 1 }); log.error('a\\nb');`;
    const end = await runs.run({ bundle: bundleOf(body) });
    expect(linesOf(end.known).map(({ level, stream, text }) => [level, stream, text])).toEqual([
      ['debug', 'log', 'd'],
      ['info', 'log', '1 of x'],
      ['warning', 'log', '{ a: 1 }'],
      ['error', 'log', 'a'],
      ['error', 'log', 'b'],
    ]);
    expect(end.stdout).toBe('DEBUG d\nINFO 1 of x\nWARNING { a: 1 }\nERROR a\nERROR b\n');
  });

  test('keeps the last line that has no end, and characters that came in pieces', async () => {
    const body = `const bytes = Buffer.from('für'); process.stdout.write(bytes.subarray(0, 2)); process.stdout.write(bytes.subarray(2));`;
    expect((await runs.run({ bundle: bundleOf(body) })).texts()).toEqual(['für']);
  });

  test('is readable while the task runs', async () => {
    const running = runs.start({
      bundle: bundleOf(`${SLEEP} console.log('first'); while (!globalThis.stopped) await sleep(20);`, {
        before: 'process.once("SIGUSR2", () => { globalThis.stopped = true; });',
      }),
    });
    await eventually('the first line', () => linesOf(running.known).length > 0);
    expect(running.known.reports).toHaveLength(0);
    running.worker.child.kill('SIGUSR2');
    expect((await runs.end(running)).code).toBe(0);
  });

  test('arrives in order and without gaps in chunks of at most 500 lines and 256 KiB', async () => {
    const body = `${SLEEP} for (let line = 0; line < 3000; line += 1) { console.log(line + 'x'.repeat(line % 2000)); if (line % 700 === 0) await sleep(60); }`;
    const end = await runs.run({ bundle: bundleOf(body) });
    expect(end.texts().map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: 3000 }, (_, line) => line),
    );
    const chunks = [...end.known.chunks.values()];
    expect(chunks.map(({ chunk }) => chunk).sort((a, b) => a - b)).toEqual(chunks.map((_, index) => index + 1));
    for (const { lines } of chunks) {
      expect(lines.length).toBeLessThanOrEqual(500);
      expect(lines.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(256 * 1024);
    }
  });

  test('cuts a line that is too long and goes on after it', async () => {
    const body = `for (let part = 0; part < 10; part += 1) process.stdout.write('ä'.repeat(20_000)); console.log('end'); console.log('next');`;
    const [long = '', next] = (await runs.run({ bundle: bundleOf(body) })).texts();
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(64 * 1024);
    expect(long).toMatch(/^ä+ … \(cut at 64 KiB\)$/);
    expect(next).toBe('next');
  });

  test('has no NUL, which the database could not keep', async () => {
    expect((await runs.run({ bundle: bundleOf(`console.log('a\\0b');`) })).texts()).toEqual(['a\uFFFDb']);
  });

  test('meets outages and lost answers without losing or doubling a line', async () => {
    runs.api.fail('logs', 503, 'cut', 'lose_answer', 429);
    const body = `${SLEEP} for (let line = 0; line < 5; line += 1) { console.log(line); await sleep(300); }`;
    const end = await runs.run({ bundle: bundleOf(body) });
    expect(end.texts()).toEqual(['0', '1', '2', '3', '4']);
    expect(runs.api.faultsLeft('logs')).toBe(0);
  });

  test('never fails its task: refused lines are dropped with a note', async () => {
    runs.api.fail('logs', 413);
    const end = await runs.run({
      bundle: bundleOf(`${SLEEP} console.log('too much'); await sleep(600); console.log('fine');`),
    });
    expect(end.code).toBe(0);
    expect(end.texts()).toEqual([
      '(1 lines of the log were dropped here: The API server answered 413: Scripted by the test.)',
      'fine',
    ]);
  });

  test('never holds up the report for long: with only the log away the task still succeeds', async () => {
    runs.api.fail('logs', ...Array.from({ length: 200 }, () => 500));
    const body = `${SLEEP} for (let line = 0; line < 1200; line += 1) console.log(line); await sleep(400);`;
    const end = await runs.run({ bundle: bundleOf(body), leaseSeconds: 4, heartbeatSeconds: 1 });
    expect(end.outcome().kind).toBe('success');
    const texts = end.texts();
    expect(texts.at(-1)).toBe('1199');
    expect(texts[0]).toMatch(/^\(\d+ lines of the log were dropped here: the API server was away for too long\.\)$/);
  });

  test('of a flood is bounded, with a note where lines are missing', async () => {
    runs.api.fail('logs', ...Array.from({ length: 40 }, () => 503));
    const body = `const line = 'x'.repeat(1000) + '\\n'; for (let count = 0; count < 40_000; count += 1) process.stdout.write(line); ${SLEEP} await sleep(100);`;
    const running = runs.start({ bundle: bundleOf(body), leaseSeconds: 4, heartbeatSeconds: 1 });
    const end = await runs.end(running);
    expect(end.outcome().kind).toBe('success');
    expect(end.texts().some((text) => /^\(\d+ lines were dropped here: they came faster/.test(text))).toBe(true);
  });
});
