import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe } from '../pod.ts';
import type { Launch } from './launch.ts';
import { killGroup } from './process-ledger.ts';

/** Tries a startup probe until it passes (true), has failed too often, or the container has ended (false). */
export async function passStartupProbe(
  probe: Probe,
  launchOf: (command: readonly string[]) => Launch,
  ended: Promise<unknown>,
): Promise<boolean> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  await sleep((probe.initialDelaySeconds ?? 0) * 1000);
  for (let failures = 0; failures < (probe.failureThreshold ?? 3) && !over; failures += 1) {
    if (await passes(probe, launchOf)) return !over;
    await Promise.race([sleep((probe.periodSeconds ?? 10) * 1000), ended]);
  }
  return false;
}

/** Runs a command beside a container and waits for its end. */
export async function runHook(launch: Launch): Promise<void> {
  await runs(launch, null);
}

async function passes(probe: Probe, launchOf: (command: readonly string[]) => Launch): Promise<boolean> {
  const milliseconds = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec) return runs(launchOf(probe.exec.command), milliseconds);
  if (probe.tcpSocket) return accepts(Number(probe.tcpSocket.port), milliseconds);
  return probe.httpGet ? answers(Number(probe.httpGet.port), probe.httpGet.path ?? '/', milliseconds) : true;
}

async function runs(launch: Launch, milliseconds: number | null): Promise<boolean> {
  const [file = '', ...rest] = launch.command;
  const child = spawn(file, rest, {
    cwd: launch.workingFolder,
    env: launch.environment,
    stdio: 'ignore',
    detached: true,
  });
  const timer =
    milliseconds === null
      ? undefined
      : setTimeout(() => child.pid !== undefined && killGroup(child.pid, 'SIGKILL'), milliseconds);
  const passed = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
  clearTimeout(timer);
  return passed;
}

async function accepts(port: number, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: milliseconds });
    const done = (passed: boolean): void => {
      socket.destroy();
      resolve(passed);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}

async function answers(port: number, path: string, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path, timeout: milliseconds }, (response) => {
      response.resume();
      const code = response.statusCode ?? 0;
      resolve(code >= 200 && code < 400);
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(false));
    call.end();
  });
}
