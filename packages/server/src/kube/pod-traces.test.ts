import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { observePod } from './pod-observation.ts';
import { readPod } from './read-pod.ts';

/** Pod events of a real kubelet, cut down to what we read; told as the kinds of observation, repeats left out. */
function storiesOf(file: string): Map<string, string[]> {
  const lines = readFileSync(new URL(`./fixtures/${file}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const stories = new Map<string, string[]>();
  for (const line of lines) {
    const { type, object } = JSON.parse(line) as { type: string; object: unknown };
    const pod = readPod(object);
    if (pod === null) throw new Error(`Not a pod: ${line}`);
    const seen = observePod(pod, { workload: 'image', deletedByUs: false, gone: type === 'DELETED' });
    const words =
      seen.kind === 'ended'
        ? `${seen.ending.failure?.class ?? 'success'}${seen.ending.provenDead ? '' : ' (unproven)'}`
        : `${seen.kind}${seen.kind === 'waiting' && seen.fatal !== null ? ' (fatal)' : ''}`;
    const story = stories.get(pod.name) ?? [];
    if (story.at(-1) !== words) story.push(words);
    stories.set(pod.name, story);
  }
  return stories;
}

describe('events recorded of a real node', () => {
  const endings = storiesOf('pod-endings');

  it.each([
    ['ok', 'waiting, running, success'],
    ['fail3', 'waiting, running, user_error'],
    ['oom', 'waiting, running, out_of_memory'],
    ['deadline', 'waiting, running, timeout'],
    // A native sidecar ends by itself; a plain second container keeps the pod running, and does not count.
    ['sidecar', 'waiting, running, success'],
    ['two', 'waiting, running, success'],
    // Deleted while it ran: exit code 0 in answer to SIGTERM is no success.
    ['long', 'waiting, running, disrupted'],
    // The last event has forgotten when the deletion was asked for, and is read as the effect of a deletion none the less.
    ['deaf', 'waiting, running, disrupted'],
    ['noimage', 'waiting, waiting (fatal), waiting, disrupted (unproven)'],
    // Deleted long after it had failed: that is not what ended it.
    ['initfail', 'waiting, never_started'],
    ['toobig', 'waiting, never_started'],
    // restartPolicy OnFailure: an exit that is followed by another start is no end.
    ['restarts', 'waiting, running, waiting, user_error'],
  ])('tell of pod %s: %s', (name, story) => {
    expect(endings.get(name)?.join(', ')).toBe(story);
  });

  it('cover no pod that is not named above', () => {
    expect(endings.size).toBe(12);
  });

  it('tell the true end although the API server, the kubelet or the runtime was killed meanwhile', () => {
    const stories = [...storiesOf('parts-killed').values()].map((story) => story.join(', '));
    expect(stories.filter((story) => story === 'waiting, running, user_error')).toHaveLength(5);
    // Its last word alone, seconds after the kill, would be that of a deletion; what was seen first is told.
    expect(stories.filter((story) => story === 'waiting, running, out_of_memory, disrupted')).toHaveLength(1);
    expect(stories).toHaveLength(6);
  });

  it('do not call a pod dead whose node is lost, until the node itself says so', () => {
    expect([...storiesOf('node-lost').values()]).toEqual([['running', 'disrupted']]);
  });
});
