import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { podName } from './pod-name.ts';

const ATTEMPT = '6f1c9a52-6a5e-4a8e-9f53-0a4b1f7d2c11';

describe('podName', () => {
  it('names DAG and task and ends with a hash of the attempt', () => {
    expect(podName('orders', 'load.to_warehouse', ATTEMPT)).toMatch(/^orders-load-to-warehouse-[a-z2-7]{10}$/);
  });

  it('is the same for the same attempt and another for another', () => {
    expect(podName('a', 'b', ATTEMPT)).toBe(podName('a', 'b', ATTEMPT));
    expect(podName('a', 'b', ATTEMPT)).not.toBe(podName('a', 'b', ATTEMPT.replace('6', '7')));
  });

  it('keeps something of the DAG id and the whole task id where they do not both fit', () => {
    expect(podName('d'.repeat(100), 'load_orders', ATTEMPT)).toMatch(/^d{40}-load-orders-[a-z2-7]{10}$/);
    expect(podName('daily', 't'.repeat(100), ATTEMPT)).toMatch(/^daily-t{46}-[a-z2-7]{10}$/);
  });

  it('drops accents and stands without any letter it can use', () => {
    expect(podName('Größe', 'café', ATTEMPT)).toMatch(/^gro-e-cafe-/);
    expect(podName('日本', '数据', ATTEMPT)).toMatch(/^task-[a-z2-7]{10}$/);
  });

  it('is a DNS-1123 label of at most 63 characters whatever the ids', () => {
    const id = fc.string({ unit: 'binary', maxLength: 260 });
    fc.assert(
      fc.property(id, id, fc.uuid(), (dag, task, attempt) => {
        const name = podName(dag, task, attempt);
        expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
        expect(name.length).toBeLessThanOrEqual(63);
      }),
    );
  });
});
